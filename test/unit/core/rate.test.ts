import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { intervalOf } from "#core/rate";

describe("the interval of a rate", () => {
  it("is Wilson's, to the figures of his formula's textbook examples", () => {
    expect(intervalOf(15, 100)).toEqual({ low: expect.closeTo(0.0931, 4), high: expect.closeTo(0.2328, 4) });
    expect(intervalOf(92, 93)).toEqual({ low: expect.closeTo(0.9416, 3), high: expect.closeTo(0.9981, 3) });
  });

  it("is the rule of three where nothing was seen", () => {
    expect(intervalOf(0, 110)).toEqual({ low: 0, high: expect.closeTo(0.0269, 4) });
    expect(intervalOf(0, 3000).high).toBeCloseTo(0.001, 4);
  });

  it("says nothing without trials", () => {
    expect(intervalOf(0, 0)).toEqual({ low: 0, high: 1 });
  });

  it("always holds the rate that was seen, and narrows with more trials", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5000 }), fc.double({ min: 0, max: 1, noNaN: true }), (n, share) => {
        const hits = Math.round(share * n);
        const { low, high } = intervalOf(hits, n);
        expect(low).toBeLessThanOrEqual(hits / n);
        expect(high).toBeGreaterThanOrEqual(hits / n);
        const more = intervalOf(hits * 4, n * 4);
        expect(more.high - more.low).toBeLessThan(high - low);
      }),
    );
  });
});
