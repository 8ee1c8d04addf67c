import { inverseOf, movedBy, type Similarity, scaleOf } from "#core/alignment";
import type { Picture } from "#core/face";

/** A part of a picture, shrunk by a whole factor, with a way to find picture coordinates in it. */
interface Patch {
  pixels: Float32Array;
  width: number;
  height: number;
  /** Picture pixel of its upper left corner, and picture pixels per patch pixel. */
  left: number;
  top: number;
  factor: number;
}

/**
 * Draws the aligned face: `toTemplate` brings picture coordinates to the `size` × `size` template. Interleaved RGB, 0..255 with
 * fractions, bilinear; black beyond the picture. A face more than twice as large as the template is first halved as often as
 * needed, so that every pixel counts. The returned array is reused by the next call.
 */
export function createAligner(size: number): (picture: Picture, toTemplate: Similarity) => Float32Array {
  const aligned = new Float32Array(size * size * 3);
  const patch: Patch = { pixels: new Float32Array(0), width: 0, height: 0, left: 0, top: 0, factor: 1 };

  return (picture, toTemplate) => {
    const toPicture = inverseOf(toTemplate);
    const shrink = scaleOf(toPicture);
    const factor = 2 ** Math.max(0, Math.floor(Math.log2(shrink)));
    cutPatch(picture, toPicture, size, factor, patch);
    // Pixel centres: the patch's pixel i lies over picture pixels i·factor … i·factor + factor − 1.
    const half = (factor - 1) / 2;
    const stepX = toPicture.a / factor;
    const stepY = toPicture.b / factor;
    const originX = (toPicture.shiftX - half - patch.left) / factor;
    const originY = (toPicture.shiftY - half - patch.top) / factor;
    for (let y = 0; y < size; y++) {
      let sourceX = originX - y * stepY;
      let sourceY = originY + y * stepX;
      for (let x = 0; x < size; x++) {
        sample(patch, sourceX, sourceY, aligned, (y * size + x) * 3);
        sourceX += stepX;
        sourceY += stepY;
      }
    }
    return aligned;
  };
}

/** Copies the part of the picture the template covers into the patch, averaging `factor` × `factor` pixels into one. */
function cutPatch(picture: Picture, toPicture: Similarity, size: number, factor: number, patch: Patch): void {
  const end = size - 1;
  const corners = [
    movedBy(toPicture, { x: 0, y: 0 }),
    movedBy(toPicture, { x: end, y: 0 }),
    movedBy(toPicture, { x: 0, y: end }),
    movedBy(toPicture, { x: end, y: end }),
  ];
  const xs = corners.map(({ x }) => x);
  const ys = corners.map(({ y }) => y);
  const margin = 2 * factor;
  const grid = (value: number) => Math.floor(value / factor) * factor;
  const left = Math.max(0, grid(Math.min(...xs) - margin));
  const top = Math.max(0, grid(Math.min(...ys) - margin));
  patch.left = left;
  patch.top = top;
  patch.factor = factor;
  patch.width = Math.max(0, Math.floor((Math.min(picture.width, Math.max(...xs) + margin) - left) / factor));
  patch.height = Math.max(0, Math.floor((Math.min(picture.height, Math.max(...ys) + margin) - top) / factor));
  const length = patch.width * patch.height * 3;
  if (patch.pixels.length < length) patch.pixels = new Float32Array(length);
  if (factor === 1) copyRows(picture, patch);
  else shrinkRows(picture, patch);
}

function copyRows(picture: Picture, { pixels, width, height, left, top }: Patch): void {
  for (let y = 0; y < height; y++) {
    const start = ((top + y) * picture.width + left) * 3;
    pixels.set(picture.rgb.subarray(start, start + width * 3), y * width * 3);
  }
}

function shrinkRows(picture: Picture, { pixels, width, height, left, top, factor }: Patch): void {
  const { rgb } = picture;
  const stride = picture.width * 3;
  const share = 1 / (factor * factor);
  const line = factor * 3;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let start = (top + y * factor) * stride + (left + x * factor) * 3;
      let red = 0;
      let green = 0;
      let blue = 0;
      for (let row = 0; row < factor; row++) {
        for (let at = start; at < start + line; at += 3) {
          red += rgb[at] as number;
          green += rgb[at + 1] as number;
          blue += rgb[at + 2] as number;
        }
        start += stride;
      }
      const out = (y * width + x) * 3;
      pixels[out] = red * share;
      pixels[out + 1] = green * share;
      pixels[out + 2] = blue * share;
    }
  }
}

/** Bilinear sample of the patch at (x, y) into `out`; whatever lies beyond it is black. */
function sample(patch: Patch, x: number, y: number, out: Float32Array, at: number): void {
  const { pixels, width, height } = patch;
  const column = Math.floor(x);
  const row = Math.floor(y);
  const right = x - column;
  const below = y - row;
  if (column >= 0 && row >= 0 && column < width - 1 && row < height - 1) {
    const upper = (row * width + column) * 3;
    const lower = upper + width * 3;
    const a = (1 - right) * (1 - below);
    const b = right * (1 - below);
    const c = (1 - right) * below;
    const d = right * below;
    for (let i = 0; i < 3; i++) {
      out[at + i] =
        a * (pixels[upper + i] as number) +
        b * (pixels[upper + 3 + i] as number) +
        c * (pixels[lower + i] as number) +
        d * (pixels[lower + 3 + i] as number);
    }
    return;
  }
  for (let i = 0; i < 3; i++) {
    const top = (1 - right) * pixelAt(patch, column, row, i) + right * pixelAt(patch, column + 1, row, i);
    const bottom = (1 - right) * pixelAt(patch, column, row + 1, i) + right * pixelAt(patch, column + 1, row + 1, i);
    out[at + i] = (1 - below) * top + below * bottom;
  }
}

function pixelAt({ pixels, width, height }: Patch, column: number, row: number, channel: number): number {
  const inside = column >= 0 && row >= 0 && column < width && row < height;
  return inside ? (pixels[(row * width + column) * 3 + channel] as number) : 0;
}
