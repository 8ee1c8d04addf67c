import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type Detection,
  inWholePicture,
  mergedLooks,
  readDetections,
  withoutDuplicates,
} from "#adapters/faces/detections";
import { overlap } from "#core/geometry";

const at = (left: number, top: number, confidence: number, side = 40): Detection => ({
  box: { left, top, width: side, height: side },
  confidence,
});

describe("readDetections", () => {
  const span = { width: 640, height: 480 };

  it("keeps what is above the threshold, best first, in picture pixels", () => {
    const scores = Float32Array.of(0.2, 0.8, 0.9, 0.1, 0.05, 0.95);
    const boxes = Float32Array.of(0.25, 0.5, 0.5, 0.75, 0, 0, 1, 1, 0, 0, 0.5, 0.25);
    const found = readDetections(scores, boxes, span, 0.65);
    expect(found.map(({ box }) => box)).toEqual([
      { left: 0, top: 0, width: 320, height: 120 },
      { left: 160, top: 240, width: 160, height: 120 },
    ]);
    expect(found[0]?.confidence).toBeCloseTo(0.95);
  });

  it("drops boxes without an area", () => {
    const found = readDetections(Float32Array.of(0, 1), Float32Array.of(0.5, 0.5, 0.5, 0.4), span, 0.5);
    expect(found).toEqual([]);
  });

  it("refuses answers that are no numbers, or of two different lengths", () => {
    const refusal = expect.objectContaining({ code: "LIMEN_MODEL_RUN" });
    const box = Float32Array.of(0, 0, 1, 1);
    const nothing = Number.NaN;
    expect(() => readDetections(Float32Array.of(0, nothing), box, span, 0.5)).toThrow(refusal);
    expect(() => readDetections(Float32Array.of(0, 1), Float32Array.of(0, 0, nothing, 1), span, 0.5)).toThrow(refusal);
    expect(() => readDetections(Float32Array.of(0, 1, 0, 1), box, span, 0.5)).toThrow(refusal);
  });

  it("keeps a bounded number of boxes, the best ones", () => {
    const count = 4000;
    const scores = Float32Array.from({ length: count * 2 }, (_, index) =>
      index % 2 === 0 ? 0 : 0.7 + index / count / 8,
    );
    const boxes = Float32Array.from({ length: count * 4 }, (_, index) => (index % 4 < 2 ? 0 : 1));
    const found = readDetections(scores, boxes, span, 0.5);
    expect(found).toHaveLength(750);
    expect(found[0]?.confidence).toBeCloseTo(scores[count * 2 - 1] ?? 0);
  });
});

describe("withoutDuplicates", () => {
  it("keeps the most confident of boxes that overlap, and every other face", () => {
    const best = at(100, 100, 0.9);
    const shifted = at(104, 102, 0.8);
    const other = at(300, 100, 0.7);
    expect(withoutDuplicates([best, shifted, other], 0.4)).toEqual([best, other]);
  });

  it("keeps faces that only touch or overlap a little", () => {
    const pair = [at(0, 0, 0.9), at(25, 0, 0.8)];
    expect(withoutDuplicates(pair, 0.4)).toEqual(pair);
  });

  it("leaves no two overlapping boxes and never loses a face altogether", () => {
    const place = fc.integer({ min: 0, max: 200 });
    const box = fc
      .tuple(place, place, fc.integer({ min: 10, max: 80 }), fc.double({ min: 0.65, max: 1, noNaN: true }))
      .map(([left, top, side, confidence]) => at(left, top, confidence, side));
    fc.assert(
      fc.property(fc.array(box, { maxLength: 40 }), (boxes) => {
        const sorted = boxes.toSorted((a, b) => b.confidence - a.confidence);
        const kept = withoutDuplicates(sorted, 0.4);
        for (const [index, one] of kept.entries()) {
          for (const other of kept.slice(index + 1)) expect(overlap(one.box, other.box)).toBeLessThanOrEqual(0.4);
        }
        for (const lost of sorted.filter((each) => !kept.includes(each))) {
          const better = kept.filter(({ confidence }) => confidence >= lost.confidence);
          expect(better.some(({ box: over }) => overlap(over, lost.box) > 0.4)).toBe(true);
        }
      }),
    );
  });
});

describe("looks at parts of a picture", () => {
  const part = { left: 320, top: 0, width: 640, height: 480 };
  const picture = { width: 1280, height: 720 };

  it("are told in the whole picture's pixels", () => {
    expect(inWholePicture([at(100, 50, 0.9)], part, picture)).toEqual([at(420, 50, 0.9)]);
  });

  it("do not count a face that the part's border cuts, but one at the picture's own border", () => {
    const cut = [at(-3, 50, 0.9), at(605, 50, 0.9), at(100, 445, 0.9)];
    expect(inWholePicture(cut, part, picture)).toEqual([]);
    expect(inWholePicture([at(100, -3, 0.9)], part, picture)).toHaveLength(1);
    const lowerRight = { ...part, left: 640, top: 240 };
    expect(inWholePicture([at(605, 445, 0.9)], lowerRight, picture)).toHaveLength(1);
  });

  it("and at the whole give each face once, the surest", () => {
    const whole = [at(400, 100, 0.7, 60), at(900, 300, 0.95)];
    const closer = [at(405, 104, 0.9, 44), at(100, 100, 0.8)];
    expect(mergedLooks([whole, closer], 0.4)).toEqual([at(900, 300, 0.95), at(405, 104, 0.9, 44), at(100, 100, 0.8)]);
  });
});
