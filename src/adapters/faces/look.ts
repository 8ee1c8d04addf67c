import { createAligner } from "#adapters/faces/align";
import {
  type Detection,
  inWholePicture,
  mergedLooks,
  readDetections,
  withoutDuplicates,
} from "#adapters/faces/detections";
import { createCrop, landmarkSquare, readFivePoints } from "#adapters/faces/landmarks";
import { createLetterbox } from "#adapters/faces/letterbox";
import { type ModelManifest, templatePointsOf } from "#adapters/faces/manifest";
import { createResampler } from "#adapters/faces/resample";
import type { ModelSession } from "#adapters/faces/session";
import { createSharpness } from "#adapters/faces/sharpness";
import { similarityOf, yawOf } from "#core/alignment";
import type { FoundFace, Picture } from "#core/face";
import type { Box } from "#core/geometry";
import { LimenError } from "#errors";

/** One look at a picture, and at some of its parts: its faces above `confidence`, largest first. */
export type Look = (picture: Picture, confidence: number, closer: readonly Box[]) => Promise<FoundFace[]>;

/** Detector, duplicates away, the largest few, their five points, and what those tell. */
export function createLook(
  { detect, landmark, embed }: ModelManifest,
  models: { detector: ModelSession; marker: ModelSession },
  maxFaces: number,
): Look {
  const resample = createResampler();
  const letterbox = createLetterbox(detect.input, resample);
  const crop = createCrop(landmark.input, resample);
  const template = templatePointsOf(embed);
  const align = createAligner(embed.input.width);
  const sharpnessOf = createSharpness(embed.input.width);

  const describeOutline = async (picture: Picture, { box, confidence }: Pick<FoundFace, "box" | "confidence">) => {
    const square = landmarkSquare(box, landmark.crop_scale);
    const marks = await models.marker.run((input) => crop(picture, square, input));
    const points = readFivePoints(marks(landmark.outputs.points), square, landmark.map5);
    const toTemplate = similarityOf(points, template);
    const sharpness = toTemplate === null ? 0 : sharpnessOf(align(picture, toTemplate));
    return { box, confidence, points, yaw: yawOf(points), sharpness };
  };

  const detectIn = async (picture: Picture, confidence: number, part?: Box): Promise<Detection[]> => {
    let scale = 1;
    const answer = await models.detector.run((input) => {
      scale = letterbox(picture, input, part);
    });
    const size = { width: detect.input.width * scale, height: detect.input.height * scale };
    const found = readDetections(answer(detect.outputs.scores), answer(detect.outputs.boxes), size, confidence);
    return withoutDuplicates(found, detect.nms_overlap);
  };

  return async (picture, confidence, closer) => {
    checkPicture(picture);
    const looks = [await detectIn(picture, confidence)];
    for (const part of closer) looks.push(inWholePicture(await detectIn(picture, confidence, part), part, picture));
    const found = closer.length === 0 ? (looks[0] ?? []) : mergedLooks(looks, detect.nms_overlap);
    const largest = found.sort((a, b) => b.box.width * b.box.height - a.box.width * a.box.height).slice(0, maxFaces);
    const faces: FoundFace[] = [];
    for (const detection of largest) faces.push(await describeOutline(picture, detection));
    return faces;
  };
}

/** Throws LIMEN_MODEL_RUN for a picture whose bytes are not width × height × 3. */
export function checkPicture({ width, height, rgb }: Picture): void {
  if (width >= 1 && height >= 1 && rgb.length === width * height * 3) return;
  throw new LimenError("LIMEN_MODEL_RUN", `a ${width}×${height} picture came with ${rgb.length} bytes`, {
    hint: "whatever decoded it delivers another size than it says",
  });
}
