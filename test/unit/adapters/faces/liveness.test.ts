import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { landmarkSquare, readFivePoints } from "#adapters/faces/landmarks";
import { livenessCrop, softmaxShare } from "#adapters/faces/liveness";
import { centreOf } from "#core/geometry";

const PICTURE = { width: 640, height: 360 };

describe("livenessCrop", () => {
  it("is the box enlarged around its middle where there is room", () => {
    const crop = livenessCrop({ left: 300, top: 150, width: 40, height: 50 }, 2.7, PICTURE);
    expect(crop.width).toBeCloseTo(108);
    expect(crop.height).toBeCloseTo(135);
    expect(centreOf(crop).x).toBeCloseTo(320);
    expect(centreOf(crop).y).toBeCloseTo(175);
  });

  it("always lies inside the picture and keeps the box's proportions", () => {
    const side = fc.double({ min: 1, max: 640, noNaN: true });
    const place = fc.double({ min: -50, max: 640, noNaN: true });
    fc.assert(
      fc.property(place, place, side, side, (left, top, width, height) => {
        const crop = livenessCrop({ left, top, width, height }, 2.7, PICTURE);
        expect(crop.left).toBeGreaterThanOrEqual(-1e-6);
        expect(crop.top).toBeGreaterThanOrEqual(-1e-6);
        expect(crop.left + crop.width).toBeLessThanOrEqual(PICTURE.width + 1e-6);
        expect(crop.top + crop.height).toBeLessThanOrEqual(PICTURE.height + 1e-6);
        expect(crop.width / crop.height).toBeCloseTo(width / height, 6);
      }),
    );
  });
});

describe("softmaxShare", () => {
  it("is a share of 1 that large logits cannot overflow", () => {
    const logits = Float32Array.of(900, 899, -900);
    const shares = [0, 1, 2].map((index) => softmaxShare(logits, index));
    expect(shares[0]).toBeCloseTo(1 / (1 + Math.exp(-1)));
    expect(shares.reduce((sum, share) => sum + share)).toBeCloseTo(1);
  });

  it("refuses logits that are no numbers and an index that is not there", () => {
    const refusal = expect.objectContaining({ code: "LIMEN_MODEL_RUN" });
    expect(() => softmaxShare(Float32Array.of(1, Number.NaN, 0), 0)).toThrow(refusal);
    expect(() => softmaxShare(Float32Array.of(1, 2), 2)).toThrow(refusal);
  });
});

describe("readFivePoints", () => {
  it("averages the listed marks and places them in the picture", () => {
    const square = landmarkSquare({ left: 100, top: 50, width: 30, height: 40 }, 1.1);
    expect(square.width).toBeCloseTo(44);
    expect(square.left).toBeCloseTo(93);
    const marks = Float32Array.of(0, 0, 0.5, 0.5, 1, 1, 0.25, 0.75, 0.75, 0.25);
    const points = readFivePoints(marks, square, [[0, 1], [1], [2], [3], [3, 4]]);
    expect(points[0].x).toBeCloseTo(square.left + 11);
    expect(points[2].y).toBeCloseTo(square.top + 44);
    expect(points[4]).toEqual(points[1]);
  });
});
