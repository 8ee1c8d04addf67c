import type { Frame, FrameSource } from "#ports/frame-source";

export interface RememberingSource extends FrameSource {
  /** The frame read last; null before the first. Whoever was given it may hold it: it never goes back to the source. */
  newest(): Frame | null;
}

/** The same frames to the same reader; the newest one is kept for whoever asks what the camera sees. */
export function rememberNewest(source: FrameSource): RememberingSource {
  let newest: Frame | null = null;
  let isGivenBack = false;
  let isShown = false;

  const replace = (frame: Frame): void => {
    if (newest !== null && isGivenBack && !isShown) source.giveBack(newest);
    newest = frame;
    isGivenBack = false;
    isShown = false;
  };

  return {
    async *frames(signal) {
      for await (const frame of source.frames(signal)) {
        replace(frame);
        yield frame;
      }
    },
    // Not before a newer one has come. An older one given back late may have been shown meanwhile, and stays.
    giveBack(frame) {
      if (frame === newest) isGivenBack = true;
    },
    health: () => source.health(),
    newest() {
      isShown = true;
      return newest;
    },
  };
}
