import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decide, type Situation } from "#core/decision";
import { type DecisionRecord, recordOf } from "#core/decision-record";
import { DEFAULT_DECISION_RULES as RULES, stricter } from "#core/decision-rules";
import { instant } from "#core/instant";
import type { Intent } from "#core/intent";
import type { DoorPolicy } from "#core/policy";
import { leaderOf, type Thresholds } from "#core/support";
import { LOCAL_SEARCH_BUDGET } from "#core/throttle";
import { addEvidence, addFault, closeVisit, type Evidence, openVisit, spendSearch, type Visit } from "#core/visit";
import { doorFacts, doorPolicy, evidenceAt, personFacts, situation } from "../../fakes/situations";

const NOW = 10_000;
const THRESHOLDS: Thresholds = { local: 0.83, verifik: 0.85 };

const frame = (ageMs: number, ...scores: [string, number][]): Evidence => evidenceAt(NOW - ageMs, scores);

function visitWith(...frames: Evidence[]): Visit {
  const opened = openVisit(1, NOW - 1000, LOCAL_SEARCH_BUDGET);
  const tried = spendSearch(opened, LOCAL_SEARCH_BUDGET, NOW - 900) ?? opened;
  return frames.reduce(addEvidence, tried);
}

const judged = (visit: Visit, changes: Partial<Situation> = {}, policy = doorPolicy()) =>
  decide(policy, situation(visit, NOW, changes));

function recordAt(policy: DoorPolicy, visit: Visit): DecisionRecord {
  const at = situation(visit, NOW, { ended: true });
  const verdict = decide(policy, at);
  if (verdict.result === "wait") throw new Error("nothing was decided");
  const times = { wait: 0, find: 0, describe: 0, search: 0, decide: 0 };
  return recordOf({ verdict, policy, situation: at, times, recordedAtMs: NOW, id: "01", camera: "front" });
}

const STRONG: [string, number] = ["ada", 0.9];

describe("a grant needs all of", () => {
  it("two strong frames that name the same person", () => {
    expect(judged(visitWith(frame(200, STRONG), frame(100, STRONG)))).toMatchObject({
      result: "grant",
      reason: "ok",
      personId: "ada",
      numbers: { score: 0.9, evidenceAtMs: NOW - 100 },
    });
  });

  it("more than one frame", () => {
    expect(judged(visitWith(frame(100, STRONG))).result).toBe("wait");
  });

  it("two of the last three, so one bad frame between does not matter", () => {
    const visit = visitWith(frame(300, STRONG), frame(200, ["ben", 0.4]), frame(100, STRONG));
    expect(judged(visit).result).toBe("grant");
  });

  it("frames near each other in time", () => {
    expect(judged(visitWith(frame(2300, STRONG), frame(100, STRONG))).result).toBe("wait");
  });

  it("frames near each other in time, in whatever order they came", () => {
    expect(judged(visitWith(frame(10, STRONG), frame(2900, STRONG))).result).toBe("wait");
  });

  it("the threshold in both frames", () => {
    expect(judged(visitWith(frame(200, ["ada", 0.829]), frame(100, STRONG))).result).toBe("wait");
  });

  it("a margin to the best other person in both frames", () => {
    const close: [string, number][] = [STRONG, ["ben", 0.85]];
    expect(judged(visitWith(frame(200, ...close), frame(100, ...close))).result).toBe("wait");
  });

  it("fresh evidence", () => {
    const visit = visitWith(frame(2200, STRONG), frame(2100, STRONG));
    expect(judged(visit).result).toBe("wait");
    expect(judged(visit, { ended: true })).toMatchObject({ result: "deny", reason: "stale" });
  });

  it("evidence from the past, not the future", () => {
    expect(judged(visitWith(frame(-10, STRONG), frame(-20, STRONG))).result).toBe("wait");
  });

  it("evidence none of which is from the future, in whatever order it came", () => {
    expect(judged(visitWith(frame(-1, STRONG), frame(100, STRONG))).result).toBe("wait");
    expect(judged(visitWith(frame(100, STRONG), frame(-1, STRONG))).result).toBe("wait");
  });

  it("scores on the scale", () => {
    for (const score of [1.01, 2, Number.POSITIVE_INFINITY, Number.NaN]) {
      expect(judged(visitWith(frame(200, ["ada", score]), frame(100, ["ada", score]))).result).toBe("wait");
    }
  });

  it("a person the gallery still knows", () => {
    const gone = judged(visitWith(frame(200, STRONG), frame(100, STRONG)), { people: [] });
    expect(gone).toMatchObject({ result: "deny", reason: "person_inactive" });
  });

  it("facts about that very person", () => {
    const wrong = [personFacts("ben")];
    expect(judged(visitWith(frame(200, STRONG), frame(100, STRONG)), { people: wrong })).toMatchObject({
      result: "deny",
    });
  });
});

describe("a recognised person is refused, and told why, when", () => {
  const recognised = visitWith(frame(200, STRONG), frame(100, STRONG));
  it.each<[string, Partial<Situation>]>([
    ["camera_unhealthy", { door: doorFacts({ cameraHealthy: false }) }],
    ["locked_out", { door: doorFacts({ lockedOut: true }) }],
    ["rate_limited", { door: doorFacts({ mayOpenNow: false }) }],
    ["person_inactive", { people: [personFacts("ada", { active: false })] }],
    ["not_allowed_here", { people: [personFacts("ada", { collections: ["guests"] })] }],
  ])("%s", (reason, changes) => {
    expect(judged(recognised, changes)).toMatchObject({ result: "deny", reason, personId: "ada" });
  });

  it.each([
    ["door_disabled", "disabled"],
    ["door_locked_down", "locked_down"],
  ] as const)("%s", (reason, mode) => {
    expect(judged(recognised, {}, doorPolicy({ mode }))).toMatchObject({ result: "deny", reason, personId: "ada" });
  });
});

describe("a recognised person at a door that looks at other doors", () => {
  const recognised = visitWith(frame(200, STRONG), frame(100, STRONG));
  const { at } = doorFacts();
  const house = { mode: "hard", resetMs: 3_600_000, enters: "house", leaves: null } as const;
  const stays = (personId: string, area = "house") => ({ door: doorFacts({ stays: [{ personId, area, since: at }] }) });

  it("is refused where they are already, unless the door only notes it or they are elsewhere", () => {
    const hard = doorPolicy({ passback: house });
    expect(judged(recognised, stays("ada"), hard)).toMatchObject({ result: "deny", reason: "anti_passback" });
    expect(judged(recognised, stays("ben"), hard).result).toBe("grant");
    expect(judged(recognised, stays("ada"), doorPolicy({ passback: house, mode: "free_access" })).result).toBe("grant");
    expect(judged(recognised, stays("ada", "lab"), hard).result).toBe("grant");
    const soft = doorPolicy({ passback: { ...house, mode: "soft" } });
    expect(judged(recognised, stays("ada"), soft).result).toBe("grant");
  });

  it("is refused where they have been for long, as long as nobody knows how late it is", () => {
    const hard = doorPolicy({ passback: house });
    const later = instant(at + 2 * house.resetMs);
    const there = [{ personId: "ada", area: "house", since: at }];
    expect(judged(recognised, { door: doorFacts({ at: later, stays: there }) }, hard).result).toBe("grant");
    const jumped = doorFacts({ at: later, stays: there, clockTrusted: false });
    expect(judged(recognised, { door: jumped }, hard)).toMatchObject({ result: "deny", reason: "anti_passback" });
  });

  it("is refused while the other door of the pair is not known to be shut", () => {
    const inner = doorPolicy({ interlockedWith: ["outer"] });
    const notShut = (...doors: string[]) => ({ door: doorFacts({ notShut: doors }) });
    expect(judged(recognised, notShut("garage", "outer"), inner)).toMatchObject({
      result: "deny",
      reason: "interlock",
    });
    expect(judged(recognised, notShut("garage"), inner).result).toBe("grant");
    expect(judged(recognised, notShut("outer")).result).toBe("grant");
  });
});

describe("a recognised person who only walks past or away", () => {
  const seen = (...intents: Intent[]): Visit =>
    visitWith(...intents.map((intent, i) => ({ ...frame(100 * (intents.length - i), STRONG), intent })));
  const off = doorPolicy({ rules: { ...RULES, intent: "off" } });
  it.each(["passing", "leaving", "unknown"] as const)("(%s) is waited for, and never let in", (intent) => {
    const visit = seen("dwelling", intent);
    expect(judged(visit).result).toBe("wait");
    expect(judged(visit, { nowMs: NOW + RULES.patienceMs }).result).toBe("wait");
    const refused = { result: "deny", reason: "walked_past", personId: "ada" };
    expect(judged(visit, { ended: true })).toMatchObject(refused);
    expect(judged(visit, { ended: true, nowMs: NOW + 5000 })).toMatchObject(refused);
  });
  it.each(["dwelling", "approaching"] as const)("and then turns to the door (%s) is let in at once", (intent) => {
    expect(judged(seen("passing", intent)).result).toBe("grant");
  });
  it("is let in where the door does not ask", () => {
    expect(judged(seen("passing", "passing"), {}, off).result).toBe("grant");
  });
  it("and may not pass anyway is refused for that, at once", () => {
    const inactive = { people: [personFacts("ada", { active: false })] };
    expect(judged(seen("passing", "passing"), inactive)).toMatchObject({ result: "deny", reason: "person_inactive" });
  });
});
describe("a recognised person beside somebody who is not", () => {
  const seen = (unrecognised: number): Visit =>
    visitWith(frame(200, STRONG), { ...frame(100, STRONG), company: { others: 2, unrecognised } });
  const door = (company: "ignore" | "notify" | "deny") => doorPolicy({ rules: { ...RULES, company } });
  const outOfPatience = { nowMs: NOW - 900 + RULES.patienceMs };
  it("is waited for at a door that denies, then refused", () => {
    expect(judged(seen(1), {}, door("deny")).result).toBe("wait");
    const refused = { result: "deny", reason: "accompanied", personId: "ada" };
    expect(judged(seen(1), { ended: true }, door("deny"))).toMatchObject(refused);
    expect(judged(seen(1), outOfPatience, door("deny"))).toMatchObject(refused);
  });
  it("is let in there when everybody in the newest picture is recognised", () => {
    expect(judged(seen(0), {}, door("deny")).result).toBe("grant");
    const before = { ...frame(200, STRONG), company: { others: 1, unrecognised: 1 } };
    expect(judged(visitWith(before, frame(100, STRONG)), {}, door("deny")).result).toBe("grant");
  });
  it.each(["ignore", "notify"] as const)("is let in at a door that says %s", (company) => {
    expect(judged(seen(1), {}, door(company)).result).toBe("grant");
  });
  it.each([
    ["ignore", 1, null],
    ["notify", 1, true],
    ["notify", 0, false],
    ["deny", 0, false],
  ] as const)("and the record of a door that says %s, with %i strangers, says accompanied: %s", (rule, count, said) => {
    expect(recordAt(door(rule), seen(count)).accompanied).toBe(said);
    expect(recordAt(door(rule), visitWith()).accompanied).toBeNull();
  });
});

describe("nobody was recognised", () => {
  const ended = { ended: true, people: [] };
  it.each([
    ["unknown_person", visitWith(frame(200, ["ada", 0.2]), frame(100, ["ada", 0.3]))],
    ["unknown_person", visitWith(frame(100))],
    ["below_threshold", visitWith(frame(200, ["ada", 0.6]), frame(100, ["ada", 0.7]))],
    ["ambiguous", visitWith(frame(200, STRONG, ["ben", 0.89]), frame(100, STRONG, ["ben", 0.89]))],
    ["not_enough_evidence", visitWith(frame(100, STRONG))],
    ["not_enough_evidence", visitWith()],
    ["engine_error", addFault(visitWith(), "engine_error")],
  ])("%s", (reason, visit) => {
    expect(judged(visit, ended)).toMatchObject({ result: "deny", reason });
  });

  it("waits while there is patience, and denies when it is over", () => {
    const visit = visitWith(frame(100, ["ada", 0.3]));
    expect(judged(visit, { people: [] }).result).toBe("wait");
    expect(judged(visit, { people: [], nowMs: NOW - 900 + RULES.patienceMs }).result).toBe("deny");
  });
});

describe("somebody with a look-alike", () => {
  const clear: [string, number][] = [
    ["ada", 0.95],
    ["ben", 0.8],
  ];
  const people = [personFacts("ada", { lookAlike: true }), personFacts("ben", { lookAlike: true })];

  it("is never let in by two pictures, nor by a margin that is enough for others", () => {
    const twice = visitWith(frame(200, ...clear), frame(100, ...clear));
    expect(judged(twice, { people }).result).toBe("wait");
    expect(judged(twice, { people, ended: true })).toMatchObject({ result: "deny", reason: "not_enough_evidence" });
    const close: [string, number][] = [
      ["ada", 0.95],
      ["ben", 0.84],
    ];
    const close4 = visitWith(...[400, 300, 200, 100].map((age) => frame(age, ...close)));
    expect(judged(close4).result).toBe("grant");
    expect(judged(close4, { people }).result).toBe("wait");
    expect(judged(close4, { people, ended: true })).toMatchObject({ result: "deny", reason: "ambiguous" });
  });

  it("is let in by three of the last four pictures with twice the margin", () => {
    const seen = [
      frame(400, ...clear),
      frame(300, ...clear),
      frame(200, ["ben", 0.9], ["ada", 0.5]),
      frame(100, ...clear),
    ];
    expect(judged(visitWith(...seen), { people })).toMatchObject({ result: "grant", personId: "ada" });
    expect(judged(visitWith(...seen.slice(1)), { people }).result).toBe("wait");
  });

  it("changes nothing for everybody else", () => {
    const visit = visitWith(frame(200, STRONG), frame(100, STRONG));
    expect(judged(visit, { people: [personFacts("ada"), personFacts("ben", { lookAlike: true })] }).result).toBe(
      "grant",
    );
  });

  it("is never better off than the configuration makes everybody", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 8 }),
        fc.integer({ min: 1, max: 8 }),
        fc.double({ min: 0, max: 0.5 }),
        (agree, of, margin) => {
          const strict = stricter({ agree, of, windowMs: 2000, margin, borderlineExtra: 0.02 });
          expect(strict.agree).toBeGreaterThanOrEqual(Math.max(agree, 3));
          expect(strict.margin).toBe(2 * margin);
          expect(strict.borderlineExtra).toBe(0.04);
          expect(strict.of - strict.agree).toBeLessThanOrEqual(Math.max(1, of - agree));
        },
      ),
    );
  });
});

it("a calibrated threshold takes the place of the rule, for the local engine, and stands in the numbers", () => {
  const visit = visitWith(frame(200, STRONG), frame(100, STRONG));
  const calibrated = { score: 0.91, people: 10, slopePerDecade: 0.02 };
  expect(judged(visit, { calibrated }).result).toBe("wait");
  expect(judged(visit, { calibrated: { ...calibrated, score: 0.85 } })).toMatchObject({
    result: "grant",
    numbers: { threshold: 0.85 },
  });
  expect(
    judged(visit, { calibrated: { ...calibrated, score: 0.85 }, gallerySizes: { local: 10_000, verifik: 0 } }),
  ).toEqual({
    result: "wait",
  });
});

it("a visit that was decided is never decided again", () => {
  const visit = visitWith(frame(200, STRONG), frame(100, STRONG));
  for (const decided of ["grant", "deny"] as const) {
    expect(judged(closeVisit(visit, decided), { ended: true }).result).toBe("wait");
  }
});

it("two people never lead at once, whatever the rules say", () => {
  const visit = visitWith(frame(200, STRONG), frame(100, ["ben", 0.95]));
  expect(leaderOf(visit, THRESHOLDS, () => ({ ...RULES, agree: 1 }))).toBeNull();
});

describe("for any evidence", () => {
  const number = fc.oneof(fc.double({ min: 0, max: 1 }), fc.constantFrom(Number.NaN, -1, 2, Number.POSITIVE_INFINITY));
  const evidence = fc.record({
    capturedAtMs: fc.oneof(fc.double({ min: NOW - 5000, max: NOW + 500, noNaN: true }), fc.constant(Number.NaN)),
    faceHeightPx: fc.integer({ min: 1, max: 300 }),
    norm: number,
    yaw: number,
    sharpness: number,
    liveness: fc.constant(null),
    cues: fc.constant(null),
    answers: fc
      .array(fc.record({ personId: fc.constantFrom("ada", "ben", "cleo"), score: number }), { maxLength: 3 })
      .map((candidates) => [{ engine: "local" as const, candidates }]),
    answeredAtMs: fc.constant(NOW),
    intent: fc.constantFrom("dwelling", "approaching", "passing", "leaving", "unknown"),
    company: fc.record({ others: fc.nat(3), unrecognised: fc.nat(3) }),
  });

  it("a grant always rests on enough fresh strong frames of that person (counted the long way)", () => {
    fc.assert(
      fc.property(fc.array(evidence, { maxLength: 6 }), fc.boolean(), (frames, ended) => {
        const visit = visitWith(...frames);
        const verdict = judged(visit, { ended });
        if (verdict.result !== "grant") return;
        let strong = 0;
        let newest = Number.NEGATIVE_INFINITY;
        for (const { answers, capturedAtMs } of frames.slice(-3)) {
          const [first, second] = answers[0]?.candidates ?? [];
          const isStrong =
            first !== undefined && first.personId === verdict.personId && first.score >= 0.83 && first.score <= 1;
          if (!isStrong || !(first.score - (second?.score ?? 0) >= 0.06)) continue;
          strong++;
          newest = Math.max(newest, capturedAtMs);
        }
        expect(strong).toBeGreaterThanOrEqual(2);
        expect(NOW - newest).toBeLessThanOrEqual(2000);
        expect(newest).toBeLessThanOrEqual(NOW);
        expect(["dwelling", "approaching"]).toContain(frames[frames.length - 1]?.intent);
      }),
      { numRuns: 3000 },
    );
  });
});
