import type { Box } from "#core/geometry";
import { centreOf } from "#core/geometry";

/** Where a face was in one look, px of the picture. */
export interface PathPoint {
  /** Ms of the scene's time (core/scene-time). */
  readonly atMs: number;
  /** Centre of the box. */
  readonly x: number;
  readonly y: number;
  readonly height: number;
}

/** How a face moves in the picture. */
export interface Motion {
  /** Px a second, to the right and down. */
  readonly x: number;
  readonly y: number;
  /** Relative growth a second: 0.5 = half as high again after a second (of the logarithm, so that coming and going weigh the same). */
  readonly growth: number;
  /** Ms between the first and the last point it was measured on. */
  readonly spanMs: number;
  /** How many those were. */
  readonly points: number;
}

export function pointOf(box: Box, atMs: number): PathPoint {
  return { atMs, ...centreOf(box), height: box.height };
}

/** Least-squares slope of `values` over `seconds`; 0 where all are of one moment. */
function slope(seconds: readonly number[], values: readonly number[]): number {
  const mean = (list: readonly number[]): number => list.reduce((sum, value) => sum + value, 0) / list.length;
  const middle = mean(seconds);
  const level = mean(values);
  let along = 0;
  let spread = 0;
  seconds.forEach((at, i) => {
    along += (at - middle) * ((values[i] ?? level) - level);
    spread += (at - middle) ** 2;
  });
  return spread > 0 ? along / spread : 0;
}

/** Straight-line motion over the newest `windowMs` of a path (newest last). A path without points, or of one moment, stands still. */
export function motionOf(path: readonly PathPoint[], windowMs: number): Motion {
  const newestMs = path[path.length - 1]?.atMs ?? 0;
  const recent = path.filter(({ atMs }) => newestMs - atMs <= windowMs);
  const seconds = recent.map(({ atMs }) => (atMs - newestMs) / 1000);
  const along = (value: (point: PathPoint) => number): number => slope(seconds, recent.map(value));
  return {
    x: along(({ x }) => x),
    y: along(({ y }) => y),
    growth: along(({ height }) => Math.log(Math.max(1, height))),
    spanMs: newestMs - (recent[0]?.atMs ?? newestMs),
    points: recent.length,
  };
}
