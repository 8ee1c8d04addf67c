import type { FaceDescription, FoundFace } from "#core/face";
import type { FrameCues } from "#core/frame-cues";
import type { Track } from "#core/track";
import type { Frame } from "#ports/frame-source";

/** The face of one track in one frame. */
export interface Sighting {
  readonly frame: Frame;
  readonly track: Track;
  readonly face: FoundFace;
}

/** What the models say of a sighting, and what else tells a person from a picture; null or absent = not measured. */
export interface Described extends FaceDescription {
  readonly cues?: FrameCues | null;
}
