import { z } from "zod";
import { formerLiveness } from "#config/liveness-keys";
import { number, path, whole, yesOrNo } from "#config/values";

/**
 * Standard deviation of the Laplacian. In three clips of visits no face of 48 px and more was under 3.3, and a blur of 2 px in the
 * aligned face (which costs a third of its likeness) begins at 2.0.
 */
const DEFAULT_MIN_SHARPNESS = 2.5;

export const facesSection = z.strictObject({
  models: path({
    description: "The list of models to use, with their checksums.",
    reload: "restart-part",
    computed_default: "the list that comes with Limen",
  }).optional(),
  models_dir: path({
    description: "Where the model files lie.",
    reload: "restart-part",
    computed_default: "Limen's cache folder",
  }).optional(),
  min_face_px: whole(24, 400, {
    description: "A face lower than this, in pixels of detect_size, is too far away to be judged.",
    reload: "restart-part",
  }).prefault(48),
  max_yaw: number(0.05, 0.5, {
    description: "How far a face may be turned away: 0 is straight ahead, 0.5 is from the side.",
    reload: "restart-part",
  }).prefault(0.25),
  borderline_yaw: number(0.05, 0.5, {
    description:
      "Up to here a face that is turned further counts too, if it scores higher (policy.borderline_extra). Of the embedded engine only; max_yaw or less = it never counts.",
    reload: "restart-part",
  }).prefault(0.4),
  min_sharpness: number(0, 255, {
    description: "A face more blurred than this is not judged.",
    reload: "restart-part",
  }).prefault(DEFAULT_MIN_SHARPNESS),
  liveness: formerLiveness.optional(),
  keep_photos: yesOrNo({
    description:
      "Keep a photo of each face enrolled from now on, so that templates can be made anew when the models change (limen people re-embed). A photo says more about a person than a template, so none is kept unless you say so.",
    reload: "restart-part",
  }).prefault(false),
});
