import type { Picture } from "#core/face";

const GREY = 128;

/** The picture in the middle of a grey one twice as wide and high: a face that fills its picture is found more easily there. */
export function padded({ width, height, rgb }: Picture): Picture {
  const left = Math.round(width / 2);
  const top = Math.round(height / 2);
  const outer = { width: width + 2 * left, height: height + 2 * top };
  const frame = new Uint8Array(outer.width * outer.height * 3).fill(GREY);
  for (let y = 0; y < height; y++) {
    frame.set(rgb.subarray(y * width * 3, (y + 1) * width * 3), ((top + y) * outer.width + left) * 3);
  }
  return { ...outer, rgb: frame };
}
