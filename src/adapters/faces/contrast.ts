import { greyOf } from "#adapters/faces/planes";

/** More would make a face out of noise. */
const MOST_GAIN = 2;

/**
 * Stretches an aligned face, interleaved RGB of 0..255, about its mean until the standard deviation of its grey is `least`, at most twofold;
 * one that has as much is left as it is. Embedding models take a dim or hazy face for a weak one, though what tells people apart is all
 * there (docs/accuracy.md has what it does to scores). Black is what lies outside the picture: it counts for nothing and stays. In place.
 */
export function stretchContrast(rgb: Float32Array, least: number): Float32Array {
  let sum = 0;
  let squares = 0;
  let count = 0;
  for (let i = 0; i < rgb.length; i += 3) {
    const grey = greyOf(rgb, i);
    if (grey === 0) continue;
    sum += grey;
    squares += grey * grey;
    count++;
  }
  const mean = sum / count;
  const spread = Math.sqrt(Math.max(0, squares / count - mean * mean));
  const gain = Math.min(MOST_GAIN, least / spread);
  // Also where nothing is there to be stretched, and the numbers are none.
  if (!(gain > 1) || !Number.isFinite(gain)) return rgb;
  for (let i = 0; i < rgb.length; i++) {
    const value = rgb[i] as number;
    if (value !== 0) rgb[i] = Math.min(255, Math.max(0, mean + (value - mean) * gain));
  }
  return rgb;
}
