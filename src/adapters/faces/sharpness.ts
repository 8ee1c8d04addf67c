import { greyOf } from "#adapters/faces/planes";

/**
 * Standard deviation of the Laplacian (4 neighbours) of an aligned face's grey, `size` × `size` interleaved RGB, 0..255 scale.
 * Only the middle two thirds count, which the face fills: background seen beside it says nothing about the face's focus.
 * Measured on the aligned face and not in the picture, so that a near face and a far one are judged at one scale; a face smaller
 * than the template is enlarged and therefore reads softer. Pech-Pacheco et al. 2000 use the variance; its root keeps grey levels.
 */
export function createSharpness(size: number): (aligned: Float32Array) => number {
  const grey = new Float32Array(size * size);
  const from = Math.max(1, Math.round(size / 6));
  const to = size - from;

  return (aligned) => {
    for (let y = from - 1; y <= to; y++) {
      for (let x = from - 1; x <= to; x++) grey[y * size + x] = greyOf(aligned, (y * size + x) * 3);
    }
    let sum = 0;
    let squares = 0;
    for (let y = from; y < to; y++) {
      for (let at = y * size + from; at < y * size + to; at++) {
        const around =
          (grey[at - 1] as number) +
          (grey[at + 1] as number) +
          (grey[at - size] as number) +
          (grey[at + size] as number);
        const edge = around - 4 * (grey[at] as number);
        sum += edge;
        squares += edge * edge;
      }
    }
    const count = (to - from) ** 2;
    const mean = sum / count;
    return Math.sqrt(Math.max(0, squares / count - mean * mean));
  };
}
