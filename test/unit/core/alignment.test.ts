import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { inverseOf, movedBy, scaleOf, similarityOf, yawOf } from "#core/alignment";
import type { FivePoints } from "#core/face";

const coordinate = fc.double({ min: -2000, max: 2000, noNaN: true });
const point = fc.record({ x: coordinate, y: coordinate });
const spreadPoints = fc
  .array(point, { minLength: 2, maxLength: 8 })
  .filter((points) => points.some(({ x, y }) => Math.hypot(x - (points[0]?.x ?? 0), y - (points[0]?.y ?? 0)) > 1));
const similarity = fc
  .record({
    turn: fc.double({ min: -Math.PI, max: Math.PI, noNaN: true }),
    scale: fc.double({ min: 0.05, max: 20, noNaN: true }),
    shiftX: coordinate,
    shiftY: coordinate,
  })
  .map(({ turn, scale, shiftX, shiftY }) => ({
    a: scale * Math.cos(turn),
    b: scale * Math.sin(turn),
    shiftX,
    shiftY,
  }));

describe("similarityOf", () => {
  it("recovers any turn, scale and shift from points that were moved by it", () => {
    fc.assert(
      fc.property(spreadPoints, similarity, (points, truth) => {
        const moved = points.map((each) => movedBy(truth, each));
        const found = similarityOf(points, moved);
        if (found === null) throw new Error("no answer");
        expect(scaleOf(found)).toBeCloseTo(scaleOf(truth), 4);
        for (const each of points) {
          expect(movedBy(found, each).x).toBeCloseTo(movedBy(truth, each).x, 3);
          expect(movedBy(found, each).y).toBeCloseTo(movedBy(truth, each).y, 3);
        }
      }),
    );
  });

  it("leaves less error than any neighbouring similarity when no exact one exists", () => {
    const error = (s: { a: number; b: number; shiftX: number; shiftY: number }, from: Pts, to: Pts) =>
      from.reduce((sum, each, index) => {
        const { x, y } = movedBy(s, each);
        const goal = to[index] ?? each;
        return sum + (x - goal.x) ** 2 + (y - goal.y) ** 2;
      }, 0);
    type Pts = readonly { x: number; y: number }[];
    fc.assert(
      fc.property(fc.array(fc.tuple(point, point), { minLength: 3, maxLength: 6 }), (pairs) => {
        const from = pairs.map(([first]) => first);
        const to = pairs.map(([, second]) => second);
        const best = similarityOf(from, to);
        fc.pre(best !== null);
        const least = error(best, from, to);
        for (const [a, b, shiftX, shiftY] of [
          [0.01, 0, 0, 0],
          [0, 0.01, 0, 0],
          [0, 0, 0.5, 0],
          [0, 0, 0, 0.5],
        ] as const) {
          for (const sign of [-1, 1]) {
            const near = {
              a: best.a + sign * a,
              b: best.b + sign * b,
              shiftX: best.shiftX + sign * shiftX,
              shiftY: best.shiftY + sign * shiftY,
            };
            expect(error(near, from, to)).toBeGreaterThanOrEqual(least * (1 - 1e-9) - 1e-6);
          }
        }
      }),
    );
  });

  it("never mirrors: mirrored points get the best turn instead", () => {
    const from = [
      { x: 0, y: 0 },
      { x: 1, y: 0 },
      { x: 0, y: 2 },
    ];
    const found = similarityOf(
      from,
      from.map(({ x, y }) => ({ x: -x, y })),
    );
    const { a, b } = found ?? { a: 0, b: 0 };
    expect(a * a + b * b).toBeGreaterThan(0);
    expect(movedBy(found ?? { a, b, shiftX: 0, shiftY: 0 }, { x: 1, y: 0 }).x).not.toBeCloseTo(-1);
  });

  it("has no answer for points in one place, too few points or coordinates that are no numbers", () => {
    const here = { x: 3, y: 4 };
    const there = { x: 5, y: 9 };
    expect(similarityOf([here, here], [here, there])).toBeNull();
    expect(similarityOf([here], [there])).toBeNull();
    expect(similarityOf([here, there], [here])).toBeNull();
    expect(similarityOf([here, { x: Number.NaN, y: 0 }], [here, there])).toBeNull();
    expect(similarityOf([here, there], [here, { x: Number.POSITIVE_INFINITY, y: 0 }])).toBeNull();
  });
});

describe("inverseOf", () => {
  it("leads back to where a point came from", () => {
    fc.assert(
      fc.property(similarity, point, (forward, start) => {
        const back = movedBy(inverseOf(forward), movedBy(forward, start));
        expect(back.x).toBeCloseTo(start.x, 4);
        expect(back.y).toBeCloseTo(start.y, 4);
      }),
    );
  });
});

describe("yawOf", () => {
  const face = (noseX: number): FivePoints => [
    { x: 30, y: 40 },
    { x: 70, y: 40 },
    { x: noseX, y: 60 },
    { x: 35, y: 80 },
    { x: 65, y: 80 },
  ];

  it("is 0 for a frontal face and grows alike to both sides", () => {
    expect(yawOf(face(50))).toBe(0);
    expect(yawOf(face(60))).toBeCloseTo(0.25);
    expect(yawOf(face(40))).toBeCloseTo(0.25);
  });

  it("does not change when the picture is turned, moved or enlarged", () => {
    fc.assert(
      fc.property(similarity, fc.double({ min: 30, max: 70, noNaN: true }), (change, noseX) => {
        const [a, b, c, d, e] = face(noseX);
        const moved: FivePoints = [
          movedBy(change, a),
          movedBy(change, b),
          movedBy(change, c),
          movedBy(change, d),
          movedBy(change, e),
        ];
        expect(yawOf(moved)).toBeCloseTo(yawOf(face(noseX)), 4);
      }),
    );
  });

  it("fails every gate when the eyes coincide", () => {
    const eye = { x: 50, y: 40 };
    expect(yawOf([eye, eye, { x: 50, y: 60 }, eye, eye])).toBeGreaterThan(1);
  });
});
