import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type DecisionInput, decide, leaderOf, DEFAULT_DECISION_RULES as RULES } from "#core/decision";
import { LOCAL_SEARCH_BUDGET } from "#core/throttle";
import { addEvidence, addFault, closeVisit, type Evidence, openVisit, spendSearch, type Visit } from "#core/visit";

const NOW = 10_000;
const THRESHOLD = 0.83;

function frame(ageMs: number, ...scores: [string, number][]): Evidence {
  return {
    capturedAtMs: NOW - ageMs,
    faceHeightPx: 80,
    norm: 3.6,
    yaw: 0.05,
    sharpness: 30,
    liveness: 0.9,
    candidates: scores.map(([personId, score]) => ({ personId, score })),
  };
}

function visitWith(...frames: Evidence[]): Visit {
  const opened = openVisit(1, NOW - 1000, LOCAL_SEARCH_BUDGET);
  const tried = spendSearch(opened, LOCAL_SEARCH_BUDGET, NOW - 900) ?? opened;
  return frames.reduce(addEvidence, tried);
}

function input(visit: Visit, changes: Partial<DecisionInput> = {}): DecisionInput {
  return {
    visit,
    ended: false,
    nowMs: NOW,
    rules: RULES,
    threshold: THRESHOLD,
    leader: { id: "ada", active: true, inCollection: true },
    door: { mode: "normal", cameraHealthy: true, mayOpenNow: true },
    ...changes,
  };
}

const STRONG: [string, number] = ["ada", 0.9];

describe("a grant needs all of", () => {
  it("two strong frames that name the same person", () => {
    expect(decide(input(visitWith(frame(200, STRONG), frame(100, STRONG))))).toMatchObject({
      result: "grant",
      reason: "ok",
      personId: "ada",
      numbers: { score: 0.9, evidenceAtMs: NOW - 100 },
    });
  });

  it("more than one frame", () => {
    expect(decide(input(visitWith(frame(100, STRONG)))).result).toBe("wait");
  });

  it("two of the last three, so one bad frame between does not matter", () => {
    const visit = visitWith(frame(300, STRONG), frame(200, ["ben", 0.4]), frame(100, STRONG));
    expect(decide(input(visit)).result).toBe("grant");
  });

  it("frames near each other in time", () => {
    expect(decide(input(visitWith(frame(2300, STRONG), frame(100, STRONG)))).result).toBe("wait");
  });

  it("the threshold in both frames", () => {
    expect(decide(input(visitWith(frame(200, ["ada", 0.829]), frame(100, STRONG)))).result).toBe("wait");
  });

  it("a margin to the best other person in both frames", () => {
    const close: [string, number][] = [STRONG, ["ben", 0.85]];
    expect(decide(input(visitWith(frame(200, ...close), frame(100, ...close)))).result).toBe("wait");
  });

  it("fresh evidence", () => {
    const visit = visitWith(frame(2200, STRONG), frame(2100, STRONG));
    expect(decide(input(visit)).result).toBe("wait");
    expect(decide(input(visit, { ended: true }))).toMatchObject({ result: "deny", reason: "stale" });
  });

  it("evidence from the past, not the future", () => {
    expect(decide(input(visitWith(frame(-10, STRONG), frame(-20, STRONG)))).result).toBe("wait");
  });

  it("evidence none of which is from the future, in whatever order it came", () => {
    expect(decide(input(visitWith(frame(-1, STRONG), frame(100, STRONG)))).result).toBe("wait");
    expect(decide(input(visitWith(frame(100, STRONG), frame(-1, STRONG)))).result).toBe("wait");
  });

  it("scores on the scale", () => {
    for (const score of [1.01, 2, Number.POSITIVE_INFINITY, Number.NaN]) {
      expect(decide(input(visitWith(frame(200, ["ada", score]), frame(100, ["ada", score])))).result).toBe("wait");
    }
  });

  it("a person the gallery still knows", () => {
    const gone = decide(input(visitWith(frame(200, STRONG), frame(100, STRONG)), { leader: null }));
    expect(gone).toMatchObject({ result: "deny", reason: "person_inactive" });
  });

  it("facts about that very person", () => {
    const wrong = { id: "ben", active: true, inCollection: true };
    expect(decide(input(visitWith(frame(200, STRONG), frame(100, STRONG)), { leader: wrong }))).toMatchObject({
      result: "deny",
    });
  });
});

describe("a recognised person is refused, and told why, when", () => {
  const recognised = visitWith(frame(200, STRONG), frame(100, STRONG));
  const door = { mode: "normal", cameraHealthy: true, mayOpenNow: true } as const;
  it.each([
    ["door_disabled", { door: { ...door, mode: "disabled" as const } }],
    ["door_locked_down", { door: { ...door, mode: "locked_down" as const } }],
    ["camera_unhealthy", { door: { ...door, cameraHealthy: false } }],
    ["rate_limited", { door: { ...door, mayOpenNow: false } }],
    ["person_inactive", { leader: { id: "ada", active: false, inCollection: true } }],
    ["not_allowed_here", { leader: { id: "ada", active: true, inCollection: false } }],
  ])("%s", (reason, changes) => {
    expect(decide(input(recognised, changes))).toMatchObject({ result: "deny", reason, personId: "ada" });
  });
});

describe("nobody was recognised", () => {
  const ended = { ended: true, leader: null };
  it.each([
    ["unknown_person", visitWith(frame(200, ["ada", 0.2]), frame(100, ["ada", 0.3]))],
    ["unknown_person", visitWith(frame(100))],
    ["below_threshold", visitWith(frame(200, ["ada", 0.6]), frame(100, ["ada", 0.7]))],
    ["ambiguous", visitWith(frame(200, STRONG, ["ben", 0.89]), frame(100, STRONG, ["ben", 0.89]))],
    ["not_enough_evidence", visitWith(frame(100, STRONG))],
    ["not_enough_evidence", visitWith()],
    ["engine_error", addFault(visitWith(), "engine_error")],
  ])("%s", (reason, visit) => {
    expect(decide(input(visit, ended))).toMatchObject({ result: "deny", reason });
  });

  it("waits while there is patience, and denies when it is over", () => {
    const visit = visitWith(frame(100, ["ada", 0.3]));
    expect(decide(input(visit, { leader: null })).result).toBe("wait");
    expect(decide(input(visit, { leader: null, nowMs: NOW - 900 + RULES.patienceMs })).result).toBe("deny");
  });
});

it("a visit that was decided is never decided again", () => {
  const visit = visitWith(frame(200, STRONG), frame(100, STRONG));
  for (const decided of ["grant", "deny"] as const) {
    expect(decide(input(closeVisit(visit, decided), { ended: true })).result).toBe("wait");
  }
});

it("two people never lead at once, whatever the rules say", () => {
  const visit = visitWith(frame(200, STRONG), frame(100, ["ben", 0.95]));
  expect(leaderOf(visit, THRESHOLD, { ...RULES, agree: 1 })).toBeNull();
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
    candidates: fc.array(fc.record({ personId: fc.constantFrom("ada", "ben", "cleo"), score: number }), {
      maxLength: 3,
    }),
  });

  it("a grant always rests on enough fresh strong frames of that person (counted the long way)", () => {
    fc.assert(
      fc.property(fc.array(evidence, { maxLength: 6 }), fc.boolean(), (frames, ended) => {
        const visit = visitWith(...frames);
        const leader = { id: leaderOf(visit, THRESHOLD, RULES) ?? "", active: true, inCollection: true };
        const verdict = decide(input(visit, { ended, leader }));
        if (verdict.result !== "grant") return;
        let strong = 0;
        let newest = Number.NEGATIVE_INFINITY;
        for (const { candidates, capturedAtMs } of frames.slice(-3)) {
          const [first, second] = candidates;
          const isStrong =
            first !== undefined && first.personId === verdict.personId && first.score >= THRESHOLD && first.score <= 1;
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
