import type { Frame } from "#ports/frame-source";

export interface NewestFrame {
  /** Puts a frame in; returns the one it replaced, which nobody has seen, or null. */
  put(frame: Frame): Frame | null;
  /** Takes the newest frame, waiting for one if need be; null once the signal has aborted. */
  take(signal: AbortSignal): Promise<Frame | null>;
}

/** A mailbox of one, for one reader: newer frames push older ones out. */
export function openNewestFrame(): NewestFrame {
  let waiting: Frame | null = null;
  let wake: (() => void) | null = null;

  return {
    put(frame) {
      const replaced = waiting;
      waiting = frame;
      wake?.();
      return replaced;
    },
    async take(signal) {
      while (!signal.aborted) {
        if (waiting !== null) {
          const frame = waiting;
          waiting = null;
          return frame;
        }
        await new Promise<void>((resolve) => {
          const done = () => {
            signal.removeEventListener("abort", done);
            wake = null;
            resolve();
          };
          wake = done;
          signal.addEventListener("abort", done);
        });
      }
      return null;
    },
  };
}
