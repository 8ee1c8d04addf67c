import type { ModelInput, ModelManifest } from "#adapters/faces/manifest";
import { planeWriter } from "#adapters/faces/planes";
import type { createResampler } from "#adapters/faces/resample";
import type { FivePoints, Picture } from "#core/face";
import { type Box, centreOf, type Point } from "#core/geometry";

/** The square the landmark model looks at: around the box's middle, its side a multiple of the box's height. */
export function landmarkSquare(box: Box, cropScale: number): Box {
  const side = box.height * cropScale;
  const { x, y } = centreOf(box);
  return { left: x - side / 2, top: y - side / 2, width: side, height: side };
}

/** Fills a model's input with one part of the picture, stretched to the input's size. */
export function createCrop(
  shape: ModelInput,
  resample: ReturnType<typeof createResampler>,
): (picture: Picture, part: Box, input: Float32Array) => void {
  const planes = planeWriter(shape);
  return (picture, part, input) => {
    resample(picture, part, shape, (y, row) => planes.write(input, y, row, shape.width));
  };
}

/**
 * The five points alignment needs, px of the picture, from the model's many (x, y pairs in fractions of the square): each is the
 * mean of the points the manifest lists for it.
 */
export function readFivePoints(marks: Float32Array, square: Box, map5: ModelManifest["landmark"]["map5"]): FivePoints {
  const mean = (places: readonly number[]): Point => {
    let x = 0;
    let y = 0;
    for (const place of places) {
      x += marks[place * 2] ?? Number.NaN;
      y += marks[place * 2 + 1] ?? Number.NaN;
    }
    return {
      x: square.left + (x / places.length) * square.width,
      y: square.top + (y / places.length) * square.height,
    };
  };
  const [leftEye, rightEye, nose, leftMouth, rightMouth] = map5;
  return [mean(leftEye), mean(rightEye), mean(nose), mean(leftMouth), mean(rightMouth)];
}
