import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decide, type Situation } from "#core/decision";
import { DEFAULT_DECISION_RULES as RULES } from "#core/decision-rules";
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

it("a visit that was decided is never decided again", () => {
  const visit = visitWith(frame(200, STRONG), frame(100, STRONG));
  for (const decided of ["grant", "deny"] as const) {
    expect(judged(closeVisit(visit, decided), { ended: true }).result).toBe("wait");
  }
});

it("two people never lead at once, whatever the rules say", () => {
  const visit = visitWith(frame(200, STRONG), frame(100, ["ben", 0.95]));
  expect(leaderOf(visit, THRESHOLDS, { ...RULES, agree: 1 })).toBeNull();
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
      }),
      { numRuns: 3000 },
    );
  });
});
