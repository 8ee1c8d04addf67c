import type { EnrolledFace, Gallery } from "#ports/gallery";

/** Every searchable face of one model, in one list. */
export async function allFaces(gallery: Gallery, modelId: string): Promise<EnrolledFace[]> {
  const all: EnrolledFace[] = [];
  for await (const piece of gallery.everything(modelId)) if (piece.kind === "faces") all.push(...piece.faces);
  return all;
}
