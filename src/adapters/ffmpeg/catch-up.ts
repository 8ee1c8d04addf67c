/** However odd the rhythm, a stream that has sent frames for this long counts as live. */
const GIVE_UP_MS = 2_000;

export interface CatchUp {
  /** Call once for every frame, in monotonic ms: false while it is an old one, from the start or after a halt. */
  isLive(nowMs: number): boolean;
}

/**
 * Tells live frames from the ones ffmpeg hoarded while it probed the stream: about a second of them (measured: 11 within 22 ms,
 * the first 1.1 s old), which would pass for fresh pictures. Frames of a live stream are at least a look interval apart, so the
 * first one that comes half an interval after its forerunner is live. Later, what was stuck for a while (the network, a busy
 * machine) comes as quickly: of that, one frame a look interval counts and no more, so that old pictures never agree among themselves
 * within an instant, and a camera whose clock runs too fast is still seen.
 */
export function openCatchUp(lookIntervalMs: number): CatchUp {
  let live = false;
  let firstAtMs: number | null = null;
  let lastAtMs = 0;
  let lastLiveAtMs = 0;

  function judge(nowMs: number): boolean {
    if (firstAtMs === null) return false;
    const isUnhurried = nowMs - lastAtMs >= lookIntervalMs / 2;
    live ||= isUnhurried || nowMs - firstAtMs >= GIVE_UP_MS;
    return live && (isUnhurried || nowMs - lastLiveAtMs >= lookIntervalMs);
  }

  return {
    isLive(nowMs) {
      const isLive = judge(nowMs);
      firstAtMs ??= nowMs;
      lastAtMs = nowMs;
      if (isLive) lastLiveAtMs = nowMs;
      return isLive;
    },
  };
}
