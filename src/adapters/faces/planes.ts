import type { ModelInput } from "#adapters/faces/manifest";

/** ITU-R BT.601 luma, the grey every model of the set was made with. */
const RED = 0.299;
const GREEN = 0.587;
const BLUE = 0.114;

/** Writes rows of interleaved RGB into a model's input: one plane a channel, in the model's order, as (value − mean) / std. */
export interface PlaneWriter {
  /** `count` pixels of `row`, from its start, to line `y`; pixels the row does not reach keep what they held. */
  write(input: Float32Array, y: number, row: Float32Array, count: number): void;
  /** One pixel value, 0..255, as the model wants it. */
  normalised(value: number): number;
}

export function planeWriter({ color, width, height, mean, std }: ModelInput): PlaneWriter {
  const gain = 1 / std;
  const bias = -mean / std;
  const plane = width * height;
  const red = color === "BGR" ? 2 * plane : 0;
  const blue = color === "BGR" ? 0 : 2 * plane;
  const normalised = (value: number) => value * gain + bias;

  if (color === "GRAY") {
    return {
      normalised,
      write(input, y, row, count) {
        let at = y * width;
        for (let i = 0; i < count * 3; i += 3) {
          input[at++] = greyOf(row, i) * gain + bias;
        }
      },
    };
  }
  return {
    normalised,
    write(input, y, row, count) {
      let at = y * width;
      for (let i = 0; i < count * 3; i += 3) {
        input[at + red] = (row[i] as number) * gain + bias;
        input[at + plane] = (row[i + 1] as number) * gain + bias;
        input[at + blue] = (row[i + 2] as number) * gain + bias;
        at++;
      }
    },
  };
}

/** Grey of the interleaved RGB pixel that starts at `i`. */
export function greyOf(rgb: Float32Array, i: number): number {
  return RED * (rgb[i] as number) + GREEN * (rgb[i + 1] as number) + BLUE * (rgb[i + 2] as number);
}
