import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { byScore, isBelievable } from "#core/candidate";
import { isCutByEdge, isInsideZone, overlap } from "#core/geometry";
import { GRANT_LIFE_MS, issueGrant, lifeLeftMs } from "#core/grant";
import { instant } from "#core/instant";
import { cosineOfScore, scoreOfCosine } from "#core/score";
import { DEFAULT_THRESHOLD, highestMin, thresholdFor } from "#core/threshold";
import { fullBucket, takeToken, tokensAt } from "#core/throttle";

const cosine = fc.double({ min: -1, max: 1, noNaN: true });

describe("the score map", () => {
  it("says 0.81 at the knee and reads 1.62 per unit below it", () => {
    expect(scoreOfCosine(0.5, 0.5)).toBeCloseTo(0.81, 10);
    expect(scoreOfCosine(0.25, 0.5)).toBeCloseTo(0.405, 10);
    expect(scoreOfCosine(1, 0.5)).toBeCloseTo(1, 10);
  });

  it("is monotone, within 0..1, and never lets a non-number pass", () => {
    fc.assert(
      fc.property(cosine, cosine, (a, b) => {
        const [low, high] = a < b ? [a, b] : [b, a];
        expect(scoreOfCosine(low, 0.5)).toBeLessThanOrEqual(scoreOfCosine(high, 0.5));
        expect(scoreOfCosine(high, 0.5)).toBeLessThanOrEqual(1);
      }),
    );
    expect(scoreOfCosine(Number.NaN, 0.5)).toBe(0);
    expect(scoreOfCosine(-0.4, 0.5)).toBe(0);
  });

  it("can be turned back", () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (score) => {
        expect(scoreOfCosine(cosineOfScore(score, 0.5), 0.5)).toBeCloseTo(score, 9);
      }),
    );
  });
});

describe("the threshold", () => {
  it("rises by the slope each decade of people, from ten on", () => {
    expect(thresholdFor(0, DEFAULT_THRESHOLD)).toBeCloseTo(0.83, 10);
    expect(thresholdFor(10, DEFAULT_THRESHOLD)).toBeCloseTo(0.83, 10);
    expect(thresholdFor(1000, DEFAULT_THRESHOLD)).toBeCloseTo(0.87, 10);
  });

  it("is never below the operator's own, and theirs never lowers it", () => {
    expect(thresholdFor(3, { ...DEFAULT_THRESHOLD, configuredMin: 0.9 })).toBe(0.9);
    expect(thresholdFor(3, { ...DEFAULT_THRESHOLD, configuredMin: 0.1 })).toBeCloseTo(0.83, 10);
  });

  it("asked for later is the higher of the two, and either alone where the other is not there", () => {
    expect(highestMin(0.9, 0.85)).toBe(0.9);
    expect(highestMin(0.85, 0.9)).toBe(0.9);
    expect([highestMin(null, 0.9), highestMin(0.9, null), highestMin(null, null)]).toEqual([0.9, 0.9, null]);
  });
});

describe("an answer is believable", () => {
  it("when it is ordered, in range and names each person once", () => {
    expect(isBelievable([])).toBe(true);
    expect(
      isBelievable([
        { personId: "a", score: 0.9 },
        { personId: "b", score: 0.9 },
      ]),
    ).toBe(true);
  });
  it.each([
    ["a score above 1", [{ personId: "a", score: 1.2 }]],
    ["a score below 0", [{ personId: "a", score: -0.1 }]],
    ["a score that is no number", [{ personId: "a", score: Number.NaN }]],
    [
      "somebody twice",
      [
        { personId: "a", score: 0.9 },
        { personId: "a", score: 0.8 },
      ],
    ],
    [
      "a wrong order",
      [
        { personId: "a", score: 0.8 },
        { personId: "b", score: 0.9 },
      ],
    ],
    ["nobody", [{ personId: "", score: 0.9 }]],
  ])("but not with %s", (_, candidates) => {
    expect(isBelievable(candidates)).toBe(false);
  });
  it("and ties come in id order", () => {
    const tied = [
      { personId: "b", score: 0.5 },
      { personId: "a", score: 0.5 },
    ].sort(byScore);
    expect(tied.map(({ personId }) => personId)).toEqual(["a", "b"]);
  });
});

describe("a token bucket", () => {
  const rule = { capacity: 3, refillEveryMs: 300 };
  it("never gives more than its capacity plus what time refilled", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -200, max: 1000 }), { maxLength: 60 }), (steps) => {
        let now = 1000;
        let latest = now;
        let bucket = fullBucket(rule, now);
        let taken = 0;
        for (const step of steps) {
          now += step;
          latest = Math.max(latest, now);
          const next = takeToken(bucket, rule, now);
          if (next !== null) {
            bucket = next;
            taken++;
          }
          expect(tokensAt(bucket, rule, now)).toBeLessThanOrEqual(rule.capacity);
        }
        expect(taken).toBeLessThanOrEqual(rule.capacity + (latest - 1000) / rule.refillEveryMs + 1e-6);
      }),
    );
  });
});

describe("a grant", () => {
  const grant = issueGrant({
    decisionId: "d",
    door: "front",
    personId: "p",
    evidenceAtMs: 1000,
    nowMs: 1400,
    now: instant(9_000_000),
  });
  it("lives from the capture of its evidence, not from its issue", () => {
    expect(lifeLeftMs(grant, 1400)).toBe(GRANT_LIFE_MS - 400);
    expect(grant.expiresAt - grant.issuedAt).toBe(GRANT_LIFE_MS - 400);
  });
  it.each([[1000 + GRANT_LIFE_MS], [99_999], [Number.NaN], [999]])("is dead at %s", (nowMs) => {
    expect(lifeLeftMs(grant, nowMs)).toBeLessThanOrEqual(0);
  });
  it("without evidence is dead from the start", () => {
    const none = issueGrant({
      decisionId: "d",
      door: "f",
      personId: "p",
      evidenceAtMs: Number.NEGATIVE_INFINITY,
      nowMs: 5,
      now: instant(5),
    });
    expect(lifeLeftMs(none, 5)).toBeLessThanOrEqual(0);
  });
});

describe("boxes", () => {
  const box = { left: 10, top: 10, width: 20, height: 20 };
  it("overlap themselves wholly and far ones not at all", () => {
    expect(overlap(box, box)).toBe(1);
    expect(overlap(box, { ...box, left: 100 })).toBe(0);
    expect(overlap(box, { ...box, left: 20 })).toBeCloseTo(1 / 3, 10);
  });
  it("at the picture's border are cut", () => {
    const picture = { width: 100, height: 100 };
    expect(isCutByEdge(box, picture)).toBe(false);
    expect(isCutByEdge({ ...box, left: 0 }, picture)).toBe(true);
    expect(isCutByEdge({ ...box, top: 80 }, picture)).toBe(true);
  });
  it("lie inside or outside a zone", () => {
    const picture = { width: 100, height: 100 };
    const left = [
      { x: 0, y: 0 },
      { x: 0.5, y: 0 },
      { x: 0.5, y: 1 },
      { x: 0, y: 1 },
    ];
    expect(isInsideZone({ x: 20, y: 50 }, picture, left)).toBe(true);
    expect(isInsideZone({ x: 80, y: 50 }, picture, left)).toBe(false);
    expect(isInsideZone({ x: 80, y: 50 }, picture, [])).toBe(true);
  });
});
