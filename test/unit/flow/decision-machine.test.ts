import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { campaign, expectEnough } from "../../model/campaign";
import type { DoorEvent, ScriptedAnswer } from "../../model/door-events";
import { play } from "../../model/door-machine";
import { wrongsOf } from "../../model/door-oracle";
import { script } from "../../model/door-scripts";
import { type Name, POLICIES, type PolicyWords } from "../../model/door-words";

const RUNS = 5000;

it(`no sequence of pictures, answers, faults, reloads and clock jumps opens a door against the rules (${RUNS} scripts), and each decision comes out the same when it is made again`, async () => {
  expectEnough(await campaign(RUNS), RUNS);
}, 300_000);

describe("the oracle would notice a desk that does not know", () => {
  type Mutation = [what: string, becomes: Partial<PolicyWords>, isMeant: (words: PolicyWords) => boolean];
  it.each<Mutation>([
    ["how many pictures it takes", { agree: 1 }, (words) => words === POLICIES[0]],
    ["the margin", { margin: 0 }, ({ margin }) => margin > 0.1],
    ["how far over the threshold a weaker picture must be", { fairExtra: 0 }, ({ fairExtra }) => fairExtra > 0.05],
    ["the hours", { hours: null }, ({ hours, mode }) => hours !== null && mode === "normal"],
    ["until when somebody is valid", { adaUntil: null }, ({ adaUntil }) => adaUntil !== null],
    ["from when somebody is valid", { benFrom: null }, ({ benFrom }) => benFrom !== null],
    ["the watch list", { watchesGuests: false }, ({ watchesGuests }) => watchesGuests],
    ["who is inside", { onceWithinMs: null }, ({ onceWithinMs }) => onceWithinMs !== null],
    ["that nobody may be beside them", { company: "notify" }, ({ company }) => company === "deny"],
    ["a second factor", { confirmWithinMs: null }, (words) => words.confirmWithinMs !== null],
    ["a second factor's time", { confirmWithinMs: 60_000 }, (words) => words.confirmWithinMs !== null],
    ["a service", { serviceWithinMs: null }, (words) => words.serviceWithinMs !== null],
    ["a service's time", { serviceWithinMs: 60_000 }, (words) => words.serviceWithinMs !== null],
    ["who may pass in an outage", { offline: ["ada", "ben"] }, ({ offline }) => offline.length > 0],
    ["that both engines must agree", { engine: "local" }, (words) => words.engine === "both_agree"],
    ["its calibration", { calibrated: null }, ({ calibrated }) => calibrated !== null],
  ])(
    "%s",
    async (_, change, isMeant) => {
      const policy = POLICIES.findIndex(isMeant);
      const caught = await fc.check(
        fc.asyncProperty(script, async (one) => {
          const { trace } = await play({ ...one, policy }, (words) =>
            isMeant(words) ? { ...words, ...change } : words,
          );
          return wrongsOf(trace).length === 0;
        }),
        { numRuns: 2000, endOnFailure: true },
      );
      expect(caught.failed).toBe(true);
    },
    60_000,
  );
});

it("whoever comes into view while a refusal is still being written is beside the others", async () => {
  const look = (track: number, ageMs: number, ...scores: readonly (readonly [Name, number])[]): DoorEvent => {
    const answer: ScriptedAnswer = { kind: "names", scores };
    const face = { heightPx: 100, yaw: 0.05, norm: 3.6, gait: "stands", life: "alive" } as const;
    return { kind: "look", track, ageMs, answer, network: answer, service: { kind: "fails" }, ...face };
  };
  const pause = (ms: number): DoorEvent => ({ kind: "advance", ms });
  const { trace } = await play({
    policy: POLICIES.findIndex(({ company }) => company === "deny"),
    beginsMs: 0,
    events: [
      { kind: "slow_disk", ms: 500 },
      look(1, 40, ["ada", 0.95], ["ben", 0.91]),
      pause(310),
      { kind: "left", track: 1 },
      // A stranger, under the number that has just become free.
      look(1, -200),
      look(3, 40, ["ada", 0.92]),
      pause(800),
      look(3, 40, ["ada", 0.92]),
      pause(800),
    ],
  });
  expect(trace.shown.filter(({ stranger }) => stranger)).toHaveLength(2);
  expect(trace.opened).toEqual([]);
  expect(wrongsOf(trace)).toEqual([]);
});
