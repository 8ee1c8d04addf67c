import type { Picture } from "#core/face";

/** One decoded picture of one camera. */
export interface Frame extends Picture {
  readonly camera: string;
  /** Counts from 0 over the life of the source; gaps are frames nobody looked at. */
  readonly sequence: number;
  /** Monotonic ms at which the frame's last byte arrived. */
  readonly capturedAtMs: number;
  /** Monotonic ms at which the camera's own clock was last seen to run backwards; null or absent = never. */
  readonly clockBackAtMs?: number | null;
}

export interface CameraHealth {
  /** `starting` until the first frame ever, `streaming` while frames arrive, `down` between attempts. */
  readonly state: "starting" | "streaming" | "down";
  /** Code of the last failure, null while streaming. */
  readonly code: string | null;
  /** Times the stream had to be started again. */
  readonly restarts: number;
  /** Monotonic ms of the newest frame, null before the first. */
  readonly lastFrameAtMs: number | null;
}

export interface FrameSource {
  /**
   * The camera's frames, newest only: a slow consumer loses old frames, never their order. Survives every failure of the
   * camera by itself; ends only when the signal aborts, and by then no child is left.
   */
  frames(signal: AbortSignal): AsyncIterable<Frame>;
  /**
   * Says that nobody holds this frame any more, so that its memory can serve a later one; from here on its `rgb` may be empty.
   * Nobody has to: a frame that is not given back stays as it is.
   */
  giveBack(frame: Frame): void;
  health(): CameraHealth;
}
