export interface StreamLimits {
  /** Longest wait for the first frame, counted from the start of the process. */
  readonly firstFrameMs: number;
  /** Longest gap between frames once they flow. */
  readonly stallMs: number;
  /** Most frames that can honestly come in one window of RUNAWAY_WINDOW_MS. */
  readonly maxFramesPerWindow: number;
}

export type StreamVerdict = "fine" | "silent" | "stalled" | "runaway";

export interface StreamWatch {
  frame(nowMs: number): void;
  /** What to think of the stream now. Ask about every CHECK_EVERY_MS. */
  verdict(nowMs: number): StreamVerdict;
  hasFrames(): boolean;
  /** How long frames have been flowing, ms; null before the first. */
  steadyMs(): number | null;
}

export const CHECK_EVERY_MS = 250;
export const RUNAWAY_WINDOW_MS = 2_000;
/** A check this much later than asked says more about this machine than about the camera. */
const OVERSLEPT_MS = 1_000;

/**
 * Watches one stream by the only honest sign of health, the frames themselves: ffmpeg's exit code and its silence say nothing.
 * Pure; every instant is an argument, in monotonic ms.
 */
export function watchStream(startedAtMs: number, limits: StreamLimits): StreamWatch {
  let firstAtMs: number | null = null;
  let lastAtMs: number | null = null;
  let waitingSinceMs = startedAtMs;
  let lastCheckMs = startedAtMs;
  let windowFromMs = startedAtMs;
  let windowFrames = 0;

  return {
    frame(nowMs) {
      firstAtMs ??= nowMs;
      lastAtMs = nowMs;
      waitingSinceMs = nowMs;
      if (nowMs - windowFromMs > RUNAWAY_WINDOW_MS) {
        windowFromMs = nowMs;
        windowFrames = 0;
      }
      windowFrames++;
    },
    verdict(nowMs) {
      // After a pause of our own (suspend, a blocked event loop) frames may sit unread in the pipe: let them in first.
      if (nowMs - lastCheckMs > CHECK_EVERY_MS + OVERSLEPT_MS) waitingSinceMs = nowMs;
      lastCheckMs = nowMs;
      if (windowFrames > limits.maxFramesPerWindow) return "runaway";
      const waitedMs = nowMs - waitingSinceMs;
      if (lastAtMs === null) return waitedMs > limits.firstFrameMs ? "silent" : "fine";
      return waitedMs > limits.stallMs ? "stalled" : "fine";
    },
    hasFrames: () => lastAtMs !== null,
    steadyMs: () => (firstAtMs === null || lastAtMs === null ? null : lastAtMs - firstAtMs),
  };
}
