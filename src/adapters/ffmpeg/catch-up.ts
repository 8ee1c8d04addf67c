/** However odd the rhythm, a stream that has sent frames for this long counts as live. */
const GIVE_UP_MS = 2_000;

export interface CatchUp {
  /** Call once for every frame, in monotonic ms: false while it is one of the old ones at the start. */
  isLive(nowMs: number): boolean;
}

/**
 * Tells live frames from the ones ffmpeg hoarded while it probed the stream: about a second of them (measured: 11 within 22 ms,
 * the first 1.1 s old), which would pass for fresh pictures. Frames of a live stream are at least a look interval apart, so the
 * first one that comes half an interval after its forerunner is live, and so is everything after it.
 */
export function openCatchUp(lookIntervalMs: number): CatchUp {
  let live = false;
  let firstAtMs: number | null = null;
  let lastAtMs = 0;
  return {
    isLive(nowMs) {
      if (live) return true;
      if (firstAtMs !== null) live = nowMs - lastAtMs >= lookIntervalMs / 2 || nowMs - firstAtMs >= GIVE_UP_MS;
      firstAtMs ??= nowMs;
      lastAtMs = nowMs;
      return live;
    },
  };
}
