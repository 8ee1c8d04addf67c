import type { FaceDescription, FoundFace, Picture } from "#core/face";
import type { Box } from "#core/geometry";

export interface FaceFinder {
  /** Model id stored with every template this finder makes. */
  readonly modelId: string;
  /** Cosine above which two templates are the same person (the score map's knee). */
  readonly samePersonCosine: number;
  /** Smallest trustworthy embedding norm. */
  readonly minNorm: number;
  /** Down to here an embedding is worth something where it scores higher; `minNorm` when none below that is. */
  readonly borderlineNorm: number;
  /**
   * All faces in the picture, largest first, at most `maxFaces`. The look at the whole finds them from a fraction of its size on;
   * the parts in `closer` (whole px, inside the picture) are looked at once more by themselves, for smaller ones.
   * Nothing of the picture is held once it has answered. Throws LIMEN_MODEL_RUN.
   */
  find(picture: Picture, closer?: readonly Box[]): Promise<FoundFace[]>;
  /** Embedding and liveness of one found face of that same picture. Throws LIMEN_MODEL_RUN. */
  describe(picture: Picture, face: FoundFace): Promise<FaceDescription>;
}
