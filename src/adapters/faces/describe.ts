import { createAligner } from "#adapters/faces/align";
import { stretchContrast } from "#adapters/faces/contrast";
import { createCrop } from "#adapters/faces/landmarks";
import { livenessCrop, softmaxShare } from "#adapters/faces/liveness";
import { checkPicture } from "#adapters/faces/look";
import { type ModelManifest, modelIdOf, templatePointsOf } from "#adapters/faces/manifest";
import { planeWriter } from "#adapters/faces/planes";
import { createResampler } from "#adapters/faces/resample";
import type { ModelSession } from "#adapters/faces/session";
import { similarityOf } from "#core/alignment";
import type { FoundFace, Picture } from "#core/face";
import { LimenError } from "#errors";
import type { FaceFinder } from "#ports/face-finder";

/** Embedding of one found face, and its liveness when there is a `judge` for it. */
export function createDescribe(
  manifest: ModelManifest,
  models: { embedder: ModelSession; judge: ModelSession | null },
): FaceFinder["describe"] {
  const { embed } = manifest;
  const size = embed.input.width;
  const modelId = modelIdOf(manifest);
  const template = templatePointsOf(embed);
  const align = createAligner(size);
  const planes = planeWriter(embed.input);
  const { min_contrast: least } = embed;
  const livenessOf = createLiveness(manifest.liveness, models.judge);

  return async (picture, face) => {
    checkPicture(picture);
    const toTemplate = similarityOf(face.points, template);
    if (toTemplate === null) {
      throw new LimenError("LIMEN_MODEL_RUN", "a face whose five points lie in one place cannot be aligned");
    }
    // Rows of the aligned face follow each other without a gap, so they are written as one.
    const answer = await models.embedder.run((input) => {
      const aligned = align(picture, toTemplate);
      planes.write(input, 0, least === undefined ? aligned : stretchContrast(aligned, least), size * size);
    });
    const { norm, values } = unitOf(answer(embed.outputs.embedding));
    return { template: { modelId, values, norm }, liveness: await livenessOf(picture, face) };
  };
}

function createLiveness(
  entry: ModelManifest["liveness"],
  judge: ModelSession | null,
): (picture: Picture, face: FoundFace) => Promise<number | null> {
  if (entry === null || judge === null) return async () => null;
  const crop = createCrop(entry.input, createResampler());
  return async (picture, face) => {
    const part = livenessCrop(face.box, entry.crop_scale, picture);
    const answer = await judge.run((input) => crop(picture, part, input));
    return softmaxShare(answer(entry.outputs.logits), entry.live_index);
  };
}

/** Length of an embedding, and the embedding at length 1. Throws LIMEN_MODEL_RUN when it is not made of numbers or all zero. */
function unitOf(embedding: Float32Array): { norm: number; values: Float32Array } {
  let squares = 0;
  for (const value of embedding) squares += value * value;
  const norm = Math.sqrt(squares);
  if (!(norm > 0 && Number.isFinite(norm))) {
    throw new LimenError("LIMEN_MODEL_RUN", "the embedding model's answer is not a direction", {
      hint: "the manifest does not fit the model; use the manifest that came with it",
    });
  }
  return { norm, values: embedding.map((value) => value / norm) };
}
