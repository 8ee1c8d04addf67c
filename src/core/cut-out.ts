import type { Picture } from "#core/face";
import type { Box } from "#core/geometry";

/** A part of a picture with its own pixels, and where the face is in it. */
export interface CutOut {
  readonly picture: Picture;
  readonly box: Box;
}

/** Copies the face and as much around it as `times` its box, cut at the picture's border; px. Null where nothing of it is inside. */
export function cutOut({ width, height, rgb }: Picture, box: Box, times: number): CutOut | null {
  const grow = (times - 1) / 2;
  const within = (value: number, most: number): number => Math.min(most, Math.max(0, Math.round(value)));
  const left = within(box.left - box.width * grow, width);
  const top = within(box.top - box.height * grow, height);
  const cutWidth = within(box.left + box.width * (1 + grow), width) - left;
  const cutHeight = within(box.top + box.height * (1 + grow), height) - top;
  if (!(cutWidth > 0 && cutHeight > 0)) return null;
  const pixels = new Uint8Array(cutWidth * cutHeight * 3);
  for (let y = 0; y < cutHeight; y++) {
    const from = ((top + y) * width + left) * 3;
    pixels.set(rgb.subarray(from, from + cutWidth * 3), y * cutWidth * 3);
  }
  const picture = { width: cutWidth, height: cutHeight, rgb: pixels };
  return { picture, box: { ...box, left: box.left - left, top: box.top - top } };
}
