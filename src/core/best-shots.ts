import type { CutOut } from "#core/cut-out";
import type { FoundFace } from "#core/face";

/** A good look at a face, kept for a search that has not been made yet. */
export interface Shot {
  readonly cutOut: CutOut;
  /** Monotonic ms at which its picture arrived. */
  readonly capturedAtMs: number;
  readonly quality: number;
}

/** From here on larger, or sharper, says no more. */
const LARGE_PX = 120;
const SHARP = 20;
/** The yaw proxy of a profile. */
const PROFILE = 0.5;

/** How much a face shows of its owner, 0..1: large, sharp, straight ahead. How clear its embedding is costs too much to ask here. */
export function qualityOf({ box, sharpness, yaw }: Pick<FoundFace, "box" | "sharpness" | "yaw">): number {
  const size = Math.min(1, box.height / LARGE_PX);
  return size * Math.min(1, sharpness / SHARP) * Math.max(0, 1 - yaw / PROFILE);
}

/**
 * Older ones are not sent: an answer is only as fresh as the oldest picture it rests on, and whoever is on a track now need not be who
 * was on it long ago.
 */
const OLDEST_MS = 600;

/** The best `most` of the shots that are young enough, best first. */
export function bestShots(shots: readonly Shot[], most: number, nowMs: number): Shot[] {
  return shots
    .filter(({ capturedAtMs }) => nowMs - capturedAtMs <= OLDEST_MS)
    .sort((a, b) => b.quality - a.quality || b.capturedAtMs - a.capturedAtMs)
    .slice(0, most);
}
