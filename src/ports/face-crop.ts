import type { Picture } from "#core/face";
import type { Box } from "#core/geometry";

/** A face and a little around it as a small JPEG without metadata: what a human is shown of an enrolled face. */
export type CropFace = (picture: Picture, box: Box) => Promise<Uint8Array>;
