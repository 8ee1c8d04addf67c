import type { Frame, FrameSource } from "#ports/frame-source";

export interface RememberingSource extends FrameSource {
  /** The frame read last; null before the first. */
  newest(): Frame | null;
}

/** The same frames to the same reader; the newest one is kept for whoever asks what the camera sees. */
export function rememberNewest(source: FrameSource): RememberingSource {
  let newest: Frame | null = null;
  return {
    async *frames(signal) {
      for await (const frame of source.frames(signal)) {
        newest = frame;
        yield frame;
      }
    },
    health: () => source.health(),
    newest: () => newest,
  };
}
