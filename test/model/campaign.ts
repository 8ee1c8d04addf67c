import { setImmediate as nextTurn } from "node:timers/promises";
import fc from "fast-check";
import { expect } from "vitest";
import { play } from "./door-machine";
import { wrongsOf } from "./door-oracle";
import { script } from "./door-scripts";
import { POLICIES } from "./door-words";

/** How often what came of the scripts, so that nobody takes silence for safety. */
export interface Campaign {
  /** Doors that opened, under the policy of this place. */
  readonly opened: ReadonlyMap<number, number>;
  /** Decisions of this reason; `ok` for those to let somebody in. */
  readonly decided: ReadonlyMap<string, number>;
}

/** Plays so many random scripts and has each judged. `played` is told after each how many there were. */
export async function campaign(numRuns: number, played: (sofar: number) => void = () => {}): Promise<Campaign> {
  const opened = new Map<number, number>();
  const decided = new Map<string, number>();
  const otherwise: string[] = [];
  let sofar = 0;
  const count = <K>(tally: Map<K, number>, key: K): unknown => tally.set(key, (tally.get(key) ?? 0) + 1);
  await fc.assert(
    fc.asyncProperty(script, async (one) => {
      const { trace, notReplayed } = await play(one);
      for (const { decisionId } of trace.opened)
        count(opened, trace.decided.find(({ id }) => id === decisionId)?.policy ?? -1);
      for (const { reason } of trace.decided) count(decided, reason);
      expect(wrongsOf(trace)).toEqual([]);
      otherwise.push(...notReplayed);
      played(++sofar);
      // What a WeakRef was asked for stays until the event loop turns, and a combined signal asks; a script's own waits never turn it.
      if (sofar % 100 === 0) await nextTurn();
    }),
    { numRuns },
  );
  // What was so at a decision is taken to have been so all through the visit; where it changed within those seconds (a lock-out began,
  // somebody was found to have a double), making the decision again may come out otherwise.
  expect(otherwise.length, otherwise.join("\n")).toBeLessThanOrEqual(numRuns / 1000);
  return { opened, decided };
}

/** Refusals that only the rules of one visit, or only what was remembered of others, bring about. */
const MUST_BE_SEEN = [
  "outside_schedule",
  "clock_untrusted",
  "locked_out",
  "watch_list",
  "anti_passback",
  "accompanied",
  "liveness",
  "engine_offline",
  "person_inactive",
  "not_allowed_here",
  "camera_unhealthy",
  "below_threshold",
  "ambiguous",
  "unknown_person",
] as const;

/** Fails where some rule was hardly reached: then nothing going wrong would say nothing of it. */
export function expectEnough({ opened, decided }: Campaign, numRuns: number): void {
  for (const [policy, { mode }] of POLICIES.entries()) {
    const often = opened.get(policy) ?? 0;
    if (mode !== "normal" && mode !== "free_access") expect({ policy, often }).toEqual({ policy, often: 0 });
    else expect(often, `openings under policy ${policy}`).toBeGreaterThan(numRuns / 500);
  }
  for (const reason of MUST_BE_SEEN) expect(decided.get(reason) ?? 0, reason).toBeGreaterThan(numRuns / 500);
}
