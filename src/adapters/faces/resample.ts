import type { Picture } from "#core/face";
import type { Box } from "#core/geometry";

/** Receives one finished output row at a time: interleaved RGB, 0..255 with fractions, valid only during the call. */
type RowSink = (y: number, row: Float32Array) => void;

/**
 * Cuts `from` (fractional, may reach beyond the picture) out of the picture and brings it to `width` × `height`: area average
 * where it shrinks, bilinear where it grows, one axis after the other. Beyond the picture its edge pixels go on. Scratch memory is
 * kept between calls, so that a camera's frames allocate nothing; a call never yields, so sharing it is safe.
 */
export function createResampler(): (
  picture: Picture,
  from: Box,
  size: { width: number; height: number },
  sink: RowSink,
) => void {
  const across = createTaps();
  const down = createTaps();
  let sums = new Float32Array(0);
  let row = new Float32Array(0);

  return (picture, from, { width, height }, sink) => {
    across.aim(from.left, from.width, width, picture.width);
    down.aim(from.top, from.height, height, picture.height);
    const left = across.first[0] ?? 0;
    const span = ((across.first[width - 1] ?? 0) + (across.count[width - 1] ?? 0) - left) * 3;
    if (sums.length < span) sums = new Float32Array(span);
    if (row.length !== width * 3) row = new Float32Array(width * 3);
    for (let y = 0; y < height; y++) {
      sumRows(picture, left * 3, span, down, y, sums);
      sumColumns(sums, left, across, width, row);
      sink(y, row);
    }
  };
}

/** Vertical half: adds the source rows of output row `y`, each by its weight. */
function sumRows(picture: Picture, offset: number, span: number, down: Taps, y: number, sums: Float32Array): void {
  const { rgb, width } = picture;
  const first = down.first[y] as number;
  const count = down.count[y] as number;
  for (let tap = 0; tap < count; tap++) {
    const weight = down.weight[y * down.stride + tap] as number;
    const start = (first + tap) * width * 3 + offset;
    if (tap === 0) for (let i = 0; i < span; i++) sums[i] = weight * (rgb[start + i] as number);
    else for (let i = 0; i < span; i++) sums[i] = (sums[i] as number) + weight * (rgb[start + i] as number);
  }
}

/** Horizontal half: adds the summed pixels of each output column. */
function sumColumns(sums: Float32Array, left: number, across: Taps, width: number, row: Float32Array): void {
  for (let x = 0; x < width; x++) {
    const count = across.count[x] as number;
    let weightAt = x * across.stride;
    let at = ((across.first[x] as number) - left) * 3;
    let red = 0;
    let green = 0;
    let blue = 0;
    for (let tap = 0; tap < count; tap++) {
      const weight = across.weight[weightAt] as number;
      red += weight * (sums[at] as number);
      green += weight * (sums[at + 1] as number);
      blue += weight * (sums[at + 2] as number);
      weightAt++;
      at += 3;
    }
    row[x * 3] = red;
    row[x * 3 + 1] = green;
    row[x * 3 + 2] = blue;
  }
}

/** For each output pixel of one axis: the first source pixel it takes from, how many, and their weights (sum 1). */
interface Taps {
  first: Int32Array;
  count: Int32Array;
  weight: Float32Array;
  stride: number;
  aim(origin: number, length: number, size: number, limit: number): void;
}

function createTaps(): Taps {
  const taps: Taps = {
    first: new Int32Array(0),
    count: new Int32Array(0),
    weight: new Float32Array(0),
    stride: 0,
    aim(origin, length, size, limit) {
      const step = length / size;
      taps.stride = Math.ceil(Math.max(1, step)) + 1;
      if (taps.first.length < size) {
        taps.first = new Int32Array(size);
        taps.count = new Int32Array(size);
      }
      if (taps.weight.length < size * taps.stride) taps.weight = new Float32Array(size * taps.stride);
      for (let out = 0; out < size; out++) {
        if (step <= 1) blend(taps, out, origin + (out + 0.5) * step - 0.5, limit);
        else cover(taps, out, origin + out * step, origin + (out + 1) * step, limit);
      }
    },
  };
  return taps;
}

/** Bilinear: the two pixels whose centres lie around `at`. */
function blend(taps: Taps, out: number, at: number, limit: number): void {
  const inside = Math.min(Math.max(at, 0), limit - 1);
  const first = Math.min(Math.floor(inside), Math.max(0, limit - 2));
  const part = inside - first;
  taps.first[out] = first;
  taps.count[out] = limit > 1 ? 2 : 1;
  taps.weight[out * taps.stride] = 1 - part;
  taps.weight[out * taps.stride + 1] = part;
}

/** Area average: every pixel between `from` and `to`, the outer ones by the part that is covered. */
function cover(taps: Taps, out: number, from: number, to: number, limit: number): void {
  const start = Math.max(0, from);
  const end = Math.min(limit, to);
  if (end - start < 1e-3) {
    taps.first[out] = from < 0 ? 0 : limit - 1;
    taps.count[out] = 1;
    taps.weight[out * taps.stride] = 1;
    return;
  }
  const first = Math.floor(start);
  const last = Math.min(limit, Math.ceil(end - 1e-9));
  taps.first[out] = first;
  taps.count[out] = last - first;
  for (let pixel = first; pixel < last; pixel++) {
    const covered = Math.min(pixel + 1, end) - Math.max(pixel, start);
    taps.weight[out * taps.stride + pixel - first] = covered / (end - start);
  }
}
