import { type Box, centreOf } from "#core/geometry";
import { LimenError } from "#errors";

/**
 * The part of the picture the liveness model looks at: the face's box, `cropScale` times as large, moved (and where it must be,
 * made smaller) so that it lies inside the picture; the model was made with whole surroundings, never with padding.
 */
export function livenessCrop(box: Box, cropScale: number, picture: { width: number; height: number }): Box {
  const scale = Math.min(cropScale, picture.width / box.width, picture.height / box.height);
  const width = box.width * scale;
  const height = box.height * scale;
  const { x, y } = centreOf(box);
  return {
    left: Math.min(Math.max(0, x - width / 2), picture.width - width),
    top: Math.min(Math.max(0, y - height / 2), picture.height - height),
    width,
    height,
  };
}

/** The share `index` has of the softmax over `logits`, 0..1. Throws LIMEN_MODEL_RUN when that is not a number. */
export function softmaxShare(logits: Float32Array, index: number): number {
  const top = Math.max(...logits);
  let sum = 0;
  for (const logit of logits) sum += Math.exp(logit - top);
  const share = Math.exp((logits[index] ?? Number.NaN) - top) / sum;
  if (!Number.isFinite(share)) {
    throw new LimenError("LIMEN_MODEL_RUN", "the liveness model's answer is not a number", {
      hint: "its live_index or its input does not fit the model; use the manifest that came with it",
    });
  }
  return share;
}
