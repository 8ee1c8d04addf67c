import type { ModelInput } from "#adapters/faces/manifest";
import { planeWriter } from "#adapters/faces/planes";
import type { createResampler } from "#adapters/faces/resample";
import type { Picture } from "#core/face";
import type { Box } from "#core/geometry";

/**
 * Fills the detector's input with the whole picture or a part of it (whole px, inside the picture), upper left, nothing
 * distorted; returns source pixels per input pixel.
 */
export type Letterbox = (picture: Picture, input: Float32Array, part?: Box) => number;

export function createLetterbox(shape: ModelInput, resample: ReturnType<typeof createResampler>): Letterbox {
  const planes = planeWriter(shape);
  const black = planes.normalised(0);
  const row = new Float32Array(shape.width * 3);

  return (picture, input, part = { left: 0, top: 0, width: picture.width, height: picture.height }) => {
    const { left, top } = part;
    const scale = Math.max(part.width / shape.width, part.height / shape.height);
    const width = Math.min(shape.width, Math.ceil(part.width / scale - 1e-6));
    const height = Math.min(shape.height, Math.ceil(part.height / scale - 1e-6));
    if (width < shape.width || height < shape.height) input.fill(black);
    if (Number.isInteger(scale) && part.width === width * scale && part.height === height * scale) {
      for (let y = 0; y < height; y++) {
        averageBlocks(picture, { left, top: top + y * scale }, scale, width, row);
        planes.write(input, y, row, width);
      }
    } else {
      const from = { left, top, width: width * scale, height: height * scale };
      resample(picture, from, { width, height }, (y, line) => planes.write(input, y, line, width));
    }
    return scale;
  };
}

/**
 * One output row where a whole number of source pixels meets each output pixel (640 and 1280 wide pictures at 320): integer sums,
 * several times faster than the general way and equal to it up to rounding.
 */
function averageBlocks(
  picture: Picture,
  { left, top }: Pick<Box, "left" | "top">,
  side: number,
  width: number,
  row: Float32Array,
): void {
  const { rgb } = picture;
  const stride = picture.width * 3;
  const share = 1 / (side * side);
  const step = side * 3;
  for (let x = 0; x < width; x++) {
    let red = 0;
    let green = 0;
    let blue = 0;
    let start = top * stride + left * 3 + x * step;
    for (let line = 0; line < side; line++) {
      for (let at = start; at < start + step; at += 3) {
        red += rgb[at] as number;
        green += rgb[at + 1] as number;
        blue += rgb[at + 2] as number;
      }
      start += stride;
    }
    row[x * 3] = red * share;
    row[x * 3 + 1] = green * share;
    row[x * 3 + 2] = blue * share;
  }
}
