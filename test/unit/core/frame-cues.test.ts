import { describe, expect, it } from "vitest";
import type { FivePoints, Picture } from "#core/face";
import { fingerprintOf, frameCues, nosePlaceOf } from "#core/frame-cues";
import type { Point } from "#core/geometry";
import { edgesAround } from "#core/straight-edges";
import { faceAt, templateOf } from "../../fakes/faces";

const POINTS: FivePoints = [
  { x: 30, y: 40 },
  { x: 70, y: 42 },
  { x: 52, y: 60 },
  { x: 36, y: 80 },
  { x: 66, y: 81 },
];
const each = (points: FivePoints, change: (point: Point) => Point): FivePoints => {
  const [a, b, c, d, e] = points;
  return [change(a), change(b), change(c), change(d), change(e)];
};

describe("the nose's place", () => {
  it("stays the same whatever a flat picture does: turned, shrunk, slanted, shifted", () => {
    const flat = each(POINTS, ({ x, y }) => ({ x: 0.6 * x - 0.2 * y + 17, y: 0.15 * x + 0.9 * y - 5 }));
    const before = nosePlaceOf(POINTS);
    const after = nosePlaceOf(flat);
    expect(after?.across).toBeCloseTo(before?.across ?? 9, 3);
    expect(after?.down).toBeCloseTo(before?.down ?? 9, 3);
  });

  it("wanders when the tip stands before the plane and the head turns", () => {
    const [a, b, nose, d, e] = POINTS;
    expect(nosePlaceOf([a, b, { x: nose.x + 4, y: nose.y }, d, e])?.across).toBeGreaterThan(
      (nosePlaceOf(POINTS)?.across ?? 9) + 0.05,
    );
  });

  it("is nowhere when the points make no plane", () => {
    expect(nosePlaceOf(each(POINTS, () => ({ x: 1, y: 1 })))).toBeNull();
    expect(nosePlaceOf(each(POINTS, () => ({ x: Number.NaN, y: 1 })))).toBeNull();
  });
});

/** A grey picture with a bright rectangle. */
function cardAt(box: { left: number; top: number; right: number; bottom: number }, slant = 0): Picture {
  const [width, height] = [640, 360];
  const rgb = new Uint8Array(width * height * 3).fill(120);
  for (let y = box.top; y < box.bottom; y++) {
    const shift = Math.round(slant * (y - 180));
    for (let x = box.left + shift; x < box.right + shift; x++)
      rgb.fill(200, (y * width + x) * 3, (y * width + x) * 3 + 3);
  }
  return { width, height, rgb };
}

describe("straight edges", () => {
  // 80 px high, its centre at 320, 180: an edge at 400 is one face height away.
  const face = faceAt(288, 140, 80).box;

  it("are found to all four sides of a face on a card, also when the card is held a little askew", () => {
    for (const slant of [0, 0.04]) {
      const edges = edgesAround(cardAt({ left: 232, top: 85, right: 408, bottom: 275 }, slant), face);
      expect(edges.left).toBeCloseTo(1.1, 0);
      expect(edges.right).toBeCloseTo(1.1, 0);
      expect(edges.above).toBeCloseTo(1.19, 0);
      expect(edges.below).toBeCloseTo(1.19, 0);
    }
  });

  it("are none on an even wall, beyond the picture, or near the head", () => {
    const none = { left: null, right: null, above: null, below: null };
    expect(edgesAround(cardAt({ left: 0, top: 0, right: 0, bottom: 0 }), face)).toEqual(none);
    expect(edgesAround(cardAt({ left: 280, top: 135, right: 360, bottom: 225 }), face)).toEqual(none);
    const cornered = edgesAround(cardAt({ left: 0, top: 0, right: 0, bottom: 0 }), faceAt(2, 2, 80).box);
    expect(cornered).toEqual(none);
  });

  it("are none where a line is short", () => {
    const { left, right } = edgesAround(cardAt({ left: 232, top: 150, right: 408, bottom: 210 }), face);
    expect([left, right]).toEqual([null, null]);
  });
});

describe("one frame's cues", () => {
  it("are small rounded numbers, without a likeness when there was no frame before", () => {
    const picture = cardAt({ left: 0, top: 0, right: 0, bottom: 0 });
    const now = templateOf(0);
    const first = frameCues(picture, faceAt(100.04, 80), { now, before: null }, null);
    expect(first).toMatchObject({
      place: { x: 140, y: 130, height: 100 },
      likeness: null,
      repeatOfMs: null,
      alsoAt: null,
    });
    const second = frameCues(picture, faceAt(100, 80), { now, before: templateOf(0) }, 2000.4);
    expect(second).toMatchObject({ likeness: 1, repeatOfMs: 2000 });
    expect(JSON.parse(JSON.stringify(second))).toEqual(second);
  });

  it("a fingerprint tells one changed picture from another, and knows the same again", () => {
    const one = cardAt({ left: 10, top: 10, right: 90, bottom: 90 });
    const other = cardAt({ left: 11, top: 10, right: 91, bottom: 90 });
    expect(fingerprintOf({ ...one, rgb: one.rgb.slice() })).toBe(fingerprintOf(one));
    expect(fingerprintOf(other)).not.toBe(fingerprintOf(one));
  });
});
