import { describe, expect, it } from "vitest";
import { createResampler } from "#adapters/faces/resample";
import type { Picture } from "#core/face";
import type { Box } from "#core/geometry";
import { areaMean, noisePicture, pixelOf, slopePicture } from "./pictures.js";

function resampled(picture: Picture, from: Box, width: number, height: number): Float32Array {
  const out = new Float32Array(width * height * 3);
  createResampler()(picture, from, { width, height }, (y, row) => out.set(row, y * width * 3));
  return out;
}

/** Bilinear at a point, pixel centres at whole numbers, edge pixels going on. */
function bilinear(picture: Picture, x: number, y: number, channel: number): number {
  const left = Math.floor(x);
  const top = Math.floor(y);
  const mix = (a: number, b: number, part: number) => a * (1 - part) + b * part;
  const at = (column: number, row: number) => pixelOf(picture, column, row, channel);
  return mix(
    mix(at(left, top), at(left + 1, top), x - left),
    mix(at(left, top + 1), at(left + 1, top + 1), x - left),
    y - top,
  );
}

describe("createResampler", () => {
  it("shrinks to the same values as an average taken pixel by pixel", () => {
    const picture = noisePicture(97, 61);
    const from = { left: 3.4, top: 2.7, width: 81.3, height: 47.9 };
    const [width, height] = [23, 17];
    const out = resampled(picture, from, width, height);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const left = from.left + (x / width) * from.width;
        const top = from.top + (y / height) * from.height;
        const area = [left, top, left + from.width / width, top + from.height / height] as const;
        for (const channel of [0, 1, 2]) {
          expect(out[(y * width + x) * 3 + channel]).toBeCloseTo(areaMean(picture, area, channel), 2);
        }
      }
    }
  });

  it("grows to the same values as bilinear sampling, also beyond the picture's border", () => {
    const picture = noisePicture(12, 9);
    const from = { left: -2.5, top: -1.5, width: 15, height: 11 };
    const [width, height] = [40, 33];
    const out = resampled(picture, from, width, height);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const sourceX = from.left + ((x + 0.5) / width) * from.width - 0.5;
        const sourceY = from.top + ((y + 0.5) / height) * from.height - 0.5;
        expect(out[(y * width + x) * 3 + 1]).toBeCloseTo(bilinear(picture, sourceX, sourceY, 1), 2);
      }
    }
  });

  it("goes on with the edge pixels where a shrunk part reaches beyond the picture", () => {
    const picture = slopePicture(20, 20);
    const out = resampled(picture, { left: -40, top: 5, width: 100, height: 10 }, 10, 2);
    expect(out[0]).toBe(0);
    expect(out[9 * 3]).toBeCloseTo(255, 3);
  });

  it("keeps a picture as it is when the size does not change", () => {
    const picture = noisePicture(14, 10);
    const out = resampled(picture, { left: 0, top: 0, width: 14, height: 10 }, 14, 10);
    expect(Array.from(out)).toEqual(Array.from(picture.rgb));
  });

  it("gives the same answer whatever it worked on before", () => {
    const shared = createResampler();
    const sizes = [
      [90, 60, 8, 8],
      [10, 10, 30, 30],
      [64, 200, 13, 5],
    ] as const;
    for (const [w, h, width, height] of [...sizes, ...sizes]) {
      const picture = noisePicture(w, h, w);
      const from = { left: 0, top: 0, width: w, height: h };
      const out = new Float32Array(width * height * 3);
      shared(picture, from, { width, height }, (y, row) => out.set(row, y * width * 3));
      expect(out).toEqual(resampled(picture, from, width, height));
    }
  });

  it("copes with a picture of one pixel", () => {
    const one = { width: 1, height: 1, rgb: Uint8Array.of(10, 20, 30) };
    const out = resampled(one, { left: 0, top: 0, width: 1, height: 1 }, 3, 2);
    expect(Array.from(out.subarray(0, 3))).toEqual([10, 20, 30]);
    expect(Array.from(out.subarray(15))).toEqual([10, 20, 30]);
  });
});
