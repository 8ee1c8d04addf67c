import { describe, expect, it } from "vitest";
import { createAligner } from "#adapters/faces/align";
import { inverseOf, movedBy, type Similarity } from "#core/alignment";
import type { Picture } from "#core/face";
import { noisePicture, pixelOf, slopePicture } from "./pictures.js";

const SIZE = 24;

function turned(degrees: number, scale: number, shiftX: number, shiftY: number): Similarity {
  const turn = (degrees / 180) * Math.PI;
  return { a: scale * Math.cos(turn), b: scale * Math.sin(turn), shiftX, shiftY };
}

/** Bilinear sample of the picture, black beyond it. */
function naive(picture: Picture, toTemplate: Similarity, x: number, y: number, channel: number): number {
  const { x: sx, y: sy } = movedBy(inverseOf(toTemplate), { x, y });
  let sum = 0;
  for (const column of [Math.floor(sx), Math.floor(sx) + 1]) {
    for (const row of [Math.floor(sy), Math.floor(sy) + 1]) {
      const inside = column >= 0 && row >= 0 && column < picture.width && row < picture.height;
      const weight = (1 - Math.abs(sx - column)) * (1 - Math.abs(sy - row));
      if (inside) sum += weight * pixelOf(picture, column, row, channel);
    }
  }
  return sum;
}

describe("createAligner", () => {
  it.each([
    ["upright", turned(0, 1, -10, -8)],
    ["tilted and enlarged", turned(20, 1.7, -20, -30)],
    ["tilted and shrunk less than twice", turned(-35, 0.6, 2, 20)],
    ["partly outside the picture", turned(10, 1.2, 12, 9)],
  ])("samples a face that is %s like a bilinear sampling of the whole picture", (_, toTemplate) => {
    const picture = noisePicture(60, 50);
    const aligned = createAligner(SIZE)(picture, toTemplate);
    for (let y = 0; y < SIZE; y++) {
      for (let x = 0; x < SIZE; x++) {
        for (const channel of [0, 1, 2]) {
          expect(aligned[(y * SIZE + x) * 3 + channel]).toBeCloseTo(naive(picture, toTemplate, x, y, channel), 1);
        }
      }
    }
  });

  it("halves a large face without moving it", () => {
    const picture = slopePicture(400, 300);
    const toTemplate = turned(12, 0.16, 0, -8);
    const aligned = createAligner(SIZE)(picture, toTemplate);
    for (const [x, y] of [
      [6, 6],
      [12, 12],
      [17, 9],
    ] as const) {
      for (const channel of [0, 1, 2]) {
        const wanted = naive(picture, toTemplate, x, y, channel);
        expect(Math.abs((aligned[(y * SIZE + x) * 3 + channel] ?? 0) - wanted)).toBeLessThan(1);
      }
    }
  });

  it("averages what it shrinks: fine noise turns grey instead of being picked at random", () => {
    const aligned = createAligner(SIZE)(noisePicture(400, 400), turned(0, SIZE / 400, 0, 0));
    const inner = Array.from(aligned).filter((_, index) => index % 3 === 0);
    expect(Math.max(...inner.slice(SIZE, -SIZE * 2))).toBeLessThan(190);
  });

  it("is black when the face lies outside the picture", () => {
    const aligned = createAligner(SIZE)(noisePicture(30, 30), turned(0, 1, 5000, 5000));
    expect(aligned.every((value) => value === 0)).toBe(true);
  });
});
