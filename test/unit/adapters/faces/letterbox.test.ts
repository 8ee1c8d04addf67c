import { describe, expect, it } from "vitest";
import { createLetterbox } from "#adapters/faces/letterbox";
import type { ModelInput } from "#adapters/faces/manifest";
import { createResampler } from "#adapters/faces/resample";
import type { Picture } from "#core/face";
import { areaMean, noisePicture } from "./pictures.js";

const INPUT: ModelInput = {
  name: "input",
  width: 32,
  height: 24,
  layout: "NCHW",
  color: "RGB",
  mean: 127,
  std: 128,
  resize: "letterbox_top_left",
};
const PLANE = INPUT.width * INPUT.height;

function boxed(picture: Picture, shape: ModelInput = INPUT): { input: Float32Array; scale: number } {
  const input = new Float32Array(3 * PLANE).fill(99);
  const scale = createLetterbox(shape, createResampler())(picture, input);
  return { input, scale };
}

function expectAverages(picture: Picture): void {
  const { input, scale } = boxed(picture);
  const width = Math.floor(picture.width / scale + 1e-9);
  const height = Math.floor(picture.height / scale + 1e-9);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const area = [x * scale, y * scale, (x + 1) * scale, (y + 1) * scale] as const;
      for (const channel of [0, 1, 2]) {
        const wanted = (areaMean(picture, area, channel) - 127) / 128;
        expect(input[channel * PLANE + y * INPUT.width + x]).toBeCloseTo(wanted, 4);
      }
    }
  }
}

describe("createLetterbox", () => {
  it.each([
    ["exactly twice as wide", 64, 36],
    ["exactly four times as wide", 128, 96],
    ["three times as high, narrow", 30, 72],
  ])("averages whole blocks of a picture %s like a pixel-by-pixel average", (_, width, height) => {
    expectAverages(noisePicture(width, height));
  });

  it.each([
    ["of an odd width", 71, 40],
    ["whose height does not divide", 64, 35],
    ["that is tall", 33, 95],
  ])("averages a picture %s like a pixel-by-pixel average", (_, width, height) => {
    expectAverages(noisePicture(width, height));
  });

  it.each([
    ["averaged in whole blocks", { left: 31, top: 17, width: 64, height: 48 }],
    ["averaged by area", { left: 31, top: 17, width: 70, height: 40 }],
  ])("shows a part of a picture like that part cut out, %s", (_, part) => {
    const whole = noisePicture(160, 120);
    const rgb = new Uint8Array(part.width * part.height * 3);
    for (let y = 0; y < part.height; y++) {
      const from = ((part.top + y) * whole.width + part.left) * 3;
      rgb.set(whole.rgb.subarray(from, from + part.width * 3), y * part.width * 3);
    }
    const input = new Float32Array(3 * PLANE).fill(99);
    const scale = createLetterbox(INPUT, createResampler())(whole, input, part);
    const alone = boxed({ width: part.width, height: part.height, rgb });
    expect(scale).toBe(alone.scale);
    // The last column and row may take a share of the pixels behind the part.
    const differing = [...input.keys()].filter((at) => Math.abs((input[at] ?? 0) - (alone.input[at] ?? 0)) > 1e-5);
    const rows = Math.ceil(part.height / scale);
    expect(differing.every((at) => Math.floor((at % PLANE) / INPUT.width) === rows - 1)).toBe(true);
    if (Number.isInteger(scale)) expect(differing).toEqual([]);
  });

  it("leaves black where the picture does not reach and nothing from the picture before", () => {
    const { input, scale } = boxed(noisePicture(64, 36));
    expect(scale).toBe(2);
    const black = Math.fround(-127 / 128);
    for (let y = 18; y < 24; y++) expect(input[y * INPUT.width + 5]).toBe(black);
  });

  it("enlarges a picture smaller than the input", () => {
    const grey = { width: 8, height: 6, rgb: new Uint8Array(8 * 6 * 3).fill(127) };
    const { input, scale } = boxed(grey);
    expect(scale).toBe(0.25);
    expect(input.every((value) => Math.abs(value) < 1e-6)).toBe(true);
  });

  it("puts the planes in the model's order", () => {
    const red = {
      width: 64,
      height: 48,
      rgb: new Uint8Array(64 * 48 * 3).map((_, index) => (index % 3 === 0 ? 255 : 0)),
    };
    expect(boxed(red).input[0]).toBeCloseTo(1);
    expect(boxed(red, { ...INPUT, color: "BGR" }).input[2 * PLANE]).toBeCloseTo(1);
    expect(boxed(red, { ...INPUT, color: "BGR" }).input[0]).toBeCloseTo(-127 / 128);
  });
});
