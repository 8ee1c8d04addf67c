import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CALIBRATION_PEOPLE, type Calibration, calibrate } from "#core/calibration";
import { DEFAULT_THRESHOLD, thresholdFor } from "#core/threshold";

const KNEE = 0.5;

/** The same numbers in every run (a linear congruence). */
function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state + 0.5) / 2 ** 32;
  };
}

const fittedOf = (found: Calibration): Extract<Calibration, { kind: "fitted" }> => {
  if (found.kind !== "fitted") throw new Error("there were too few");
  return found;
};

/** In how many of 400 made-up sites the promise is broken. */
function broken(
  draw: (random: () => number) => number,
  rateOver: (t: number) => number,
  people: number,
  fpir: number,
): number {
  let count = 0;
  for (let site = 1; site <= 400; site++) {
    const random = randomOf(site * 7919);
    const bests = Array.from({ length: people }, () => draw(random));
    if (rateOver(fittedOf(calibrate(bests, { fpir, knee: KNEE })).cosine) > fpir) count++;
  }
  return count;
}

describe("a calibration keeps its promise in at least 95 of 100 sites", () => {
  it.each([
    [60, 0.01],
    [60, 0.001],
    [500, 0.001],
  ])("where the tail is the heaviest it is made for: exponential (%i people, FPIR %f)", (people, fpir) => {
    const scale = 0.03;
    const exponential = (random: () => number): number => 0.25 - scale * Math.log(random());
    const rateOver = (t: number): number => Math.min(1, Math.exp(-(t - 0.25) / scale));
    expect(broken(exponential, rateOver, people, fpir)).toBeLessThanOrEqual(20);
  });

  it.each([60, 120])("where each best is the best of 50 normal scores (%i people)", (people) => {
    const normal = (random: () => number): number =>
      Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random());
    const best = (random: () => number): number =>
      Math.max(...Array.from({ length: 50 }, () => 0.05 + 0.08 * normal(random)));
    // Upper tail of the normal distribution (Abramowitz and Stegun 26.2.17).
    const over = (z: number): number => {
      const t = 1 / (1 + 0.2316419 * z);
      const poly = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
      return (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * poly;
    };
    const rateOver = (t: number): number => 1 - (1 - over((t - 0.05) / 0.08)) ** 50;
    expect(broken(best, rateOver, people, 0.001)).toBeLessThanOrEqual(20);
  });
});

describe("a calibration promises nothing", () => {
  it("of too few people: it says what the rule of three allows, and proposes no threshold", () => {
    const few = calibrate(
      Array.from({ length: CALIBRATION_PEOPLE - 1 }, (_, i) => i / 1000),
      { fpir: 0.001, knee: KNEE },
    );
    expect(few).toEqual({ kind: "too_few", people: 49, needed: 50, bound: expect.closeTo(0.0593, 3) });
    expect(calibrate([], { fpir: 0.001, knee: KNEE })).toMatchObject({ kind: "too_few", people: 0, bound: 1 });
  });

  it("of people who are all the same, or of what is no number", () => {
    expect(calibrate(new Array<number>(80).fill(0.3), { fpir: 0.001, knee: KNEE }).kind).toBe("too_few");
    expect(calibrate(new Array<number>(80).fill(Number.NaN), { fpir: 0.001, knee: KNEE })).toMatchObject({ people: 0 });
  });
});

describe("the threshold that comes of it", () => {
  const bests = (spread: number) => Array.from({ length: 200 }, (_, i) => 0.1 + (spread * i) / 200);

  it("is never below the model's same-person score, and says when that had to hold it up", () => {
    const { proposal, isRaised } = fittedOf(calibrate(bests(0.05), { fpir: 0.01, knee: KNEE }));
    expect(isRaised).toBe(true);
    expect(proposal.score).toBe(0.81);
    expect(thresholdFor(1, DEFAULT_THRESHOLD, { ...proposal, score: 0.1 })).toBe(0.81);
  });

  it("rises with alike people, with a stricter promise, and with people who come later; never falls with fewer", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.1, max: 0.6, noNaN: true }),
        fc.integer({ min: 0, max: 5000 }),
        (spread, persons) => {
          const loose = fittedOf(calibrate(bests(spread), { fpir: 0.01, knee: KNEE }));
          const strict = fittedOf(calibrate(bests(spread), { fpir: 0.001, knee: KNEE }));
          expect(strict.proposal.score).toBeGreaterThanOrEqual(loose.proposal.score);
          expect(loose.cosine).toBeGreaterThanOrEqual(loose.bestGuess);
          const inForce = thresholdFor(persons, DEFAULT_THRESHOLD, strict.proposal);
          expect(inForce).toBeGreaterThanOrEqual(strict.proposal.score);
          expect(inForce).toBeLessThanOrEqual(1);
        },
      ),
    );
  });

  it("never undercuts the operator's own floor", () => {
    const { proposal } = fittedOf(calibrate(bests(0.2), { fpir: 0.01, knee: KNEE }));
    expect(thresholdFor(10, { ...DEFAULT_THRESHOLD, configuredMin: 0.95 }, proposal)).toBe(0.95);
  });
});
