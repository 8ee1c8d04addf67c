import type { FivePoints } from "#core/face";
import type { Point } from "#core/geometry";

/** A turn, one scale and a shift: x' = a·x − b·y + shiftX, y' = b·x + a·y + shiftY. Never a mirror, never a shear. */
export interface Similarity {
  readonly a: number;
  readonly b: number;
  readonly shiftX: number;
  readonly shiftY: number;
}

/**
 * The similarity that brings `from` closest to `to` in the least-squares sense (Umeyama 1991, without reflections: the best
 * turn and scale are one complex number, the ratio of the two centred point sets). Null when the points give no answer: fewer
 * than two, unequal counts, all in one place, or a coordinate that is not finite.
 */
export function similarityOf(from: readonly Point[], to: readonly Point[]): Similarity | null {
  if (from.length < 2 || from.length !== to.length) return null;
  const source = middleOf(from);
  const target = middleOf(to);
  let spread = 0;
  let along = 0;
  let across = 0;
  for (const [index, point] of from.entries()) {
    const goal = to[index];
    if (goal === undefined) return null;
    const x = point.x - source.x;
    const y = point.y - source.y;
    const u = goal.x - target.x;
    const v = goal.y - target.y;
    spread += x * x + y * y;
    along += x * u + y * v;
    across += x * v - y * u;
  }
  const a = along / spread;
  const b = across / spread;
  const shiftX = target.x - a * source.x + b * source.y;
  const shiftY = target.y - b * source.x - a * source.y;
  const usable = a * a + b * b > 0 && [a, b, shiftX, shiftY].every(Number.isFinite);
  return usable ? { a, b, shiftX, shiftY } : null;
}

/** The way back: template coordinates → picture coordinates. */
export function inverseOf(similarity: Similarity): Similarity {
  const { a, b, shiftX, shiftY } = similarity;
  const square = a * a + b * b;
  const backA = a / square;
  const backB = -b / square;
  return {
    a: backA,
    b: backB,
    shiftX: -(backA * shiftX - backB * shiftY),
    shiftY: -(backB * shiftX + backA * shiftY),
  };
}

export function movedBy(similarity: Similarity, { x, y }: Point): Point {
  const { a, b, shiftX, shiftY } = similarity;
  return { x: a * x - b * y + shiftX, y: b * x + a * y + shiftY };
}

/** How much longer lines become. */
export function scaleOf({ a, b }: Similarity): number {
  return Math.hypot(a, b);
}

/** Yaw of eyes that coincide: no face looks like that, so it must fail every gate. */
const NO_EYE_LINE = 9;

/**
 * How far a head is turned, without a pose model: the nose tip's distance from the eyes' middle, measured along the eye line and
 * divided by the eye distance. 0 frontal, about 0.25 where recognition starts to suffer, 0.5 and more in profile.
 */
export function yawOf(points: FivePoints): number {
  const [left, right, nose] = points;
  const x = right.x - left.x;
  const y = right.y - left.y;
  const square = x * x + y * y;
  const offset = (nose.x - (left.x + right.x) / 2) * x + (nose.y - (left.y + right.y) / 2) * y;
  return square > 0 ? Math.min(NO_EYE_LINE, Math.abs(offset) / square) : NO_EYE_LINE;
}

function middleOf(points: readonly Point[]): Point {
  let x = 0;
  let y = 0;
  for (const point of points) {
    x += point.x;
    y += point.y;
  }
  return { x: x / points.length, y: y / points.length };
}
