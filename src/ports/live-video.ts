/** A camera's picture for people to watch, beside the frames that are judged. */
export interface LiveVideo {
  /**
   * The camera's own stream as MPEG-TS, the last seconds of it first, in chunks of whole packets (a multiple of 188 bytes) that
   * are shared by all readers and must not be written to. A reader that does not keep up loses whole chunks, counted. Goes on
   * through every failure of the camera; ends when the signal aborts or the camera's source is disposed of.
   */
  watch(signal: AbortSignal): AsyncIterable<Uint8Array>;
  /** Bytes of video since the start: a camera that sends nothing, or crawls, shows here before it does in its frames. */
  readonly bytes: number;
}
