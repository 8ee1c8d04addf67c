/** Why a viewer sees nothing new: the camera sends no video, or what makes it fit for a browser has stopped. */
export type LiveTrouble = "no_video" | "converter_failed";

/** Somebody who looks at a camera now. Neither method may block or throw. */
export interface LiveViewer {
  /** MPEG-TS with MPEG-1 video, whole packets of 188 bytes, as it is made. */
  video(chunk: Uint8Array): void;
  /** Called when it changes; null once video flows (again). */
  trouble(trouble: LiveTrouble | null): void;
}

/** One camera's picture for browsers, made only while somebody looks and never by a second connection to the camera. */
export interface LiveView {
  /** The viewer is told of what comes until it is disposed. */
  join(viewer: LiveViewer): Disposable;
}
