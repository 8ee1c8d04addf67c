import type { FoundFace } from "#core/face";
import type { Track } from "#core/track";
import type { Frame } from "#ports/frame-source";

/** The face of one track in one frame. */
export interface Sighting {
  readonly frame: Frame;
  readonly track: Track;
  readonly face: FoundFace;
}
