import type { Picture } from "#core/face";

/** A picture of coloured noise that is the same every time for one seed. */
export function noisePicture(width: number, height: number, seed = 1): Picture {
  const rgb = new Uint8Array(width * height * 3);
  let state = seed;
  for (let index = 0; index < rgb.length; index++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    rgb[index] = state >>> 24;
  }
  return { width, height, rgb };
}

/** A picture that changes slowly: red grows to the right, green downwards, blue is their mean. */
export function slopePicture(width: number, height: number): Picture {
  const rgb = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const red = (x / (width - 1)) * 255;
      const green = (y / (height - 1)) * 255;
      rgb.set([red, green, (red + green) / 2], (y * width + x) * 3);
    }
  }
  return { width, height, rgb };
}

/** One channel of one pixel; the nearest edge pixel beyond the border. */
export function pixelOf({ width, height, rgb }: Picture, x: number, y: number, channel: number): number {
  const column = Math.min(Math.max(x, 0), width - 1);
  const row = Math.min(Math.max(y, 0), height - 1);
  return rgb[(row * width + column) * 3 + channel] ?? Number.NaN;
}

/** Area average of [left, right) × [top, bottom) pixel by pixel, the slow and obvious way. Must lie inside the picture. */
export function areaMean(
  picture: Picture,
  [left, top, right, bottom]: readonly [number, number, number, number],
  channel: number,
): number {
  let sum = 0;
  let area = 0;
  for (let y = Math.floor(top); y < Math.ceil(bottom); y++) {
    for (let x = Math.floor(left); x < Math.ceil(right); x++) {
      const part =
        Math.max(0, Math.min(x + 1, right) - Math.max(x, left)) *
        Math.max(0, Math.min(y + 1, bottom) - Math.max(y, top));
      sum += part * pixelOf(picture, x, y, channel);
      area += part;
    }
  }
  return sum / area;
}
