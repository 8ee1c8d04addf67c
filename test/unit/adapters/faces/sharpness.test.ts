import { describe, expect, it } from "vitest";
import { createSharpness } from "#adapters/faces/sharpness";

const SIZE = 48;

function stripes(period: number, amplitude: number): Float32Array {
  return Float32Array.from({ length: SIZE * SIZE * 3 }, (_, index) => {
    const x = Math.floor(index / 3) % SIZE;
    return 128 + amplitude * Math.sin((2 * Math.PI * x) / period);
  });
}

describe("createSharpness", () => {
  const sharpnessOf = createSharpness(SIZE);

  it("is 0 for a flat face and for a slope of light", () => {
    expect(sharpnessOf(new Float32Array(SIZE * SIZE * 3).fill(90))).toBeCloseTo(0, 4);
    const slope = Float32Array.from({ length: SIZE * SIZE * 3 }, (_, index) => Math.floor(index / 3) % SIZE);
    expect(sharpnessOf(slope)).toBeCloseTo(0, 4);
  });

  it("grows with fine detail, and in proportion to its contrast", () => {
    expect(sharpnessOf(stripes(4, 40))).toBeGreaterThan(3 * sharpnessOf(stripes(12, 40)));
    expect(sharpnessOf(stripes(6, 40))).toBeCloseTo(2 * sharpnessOf(stripes(6, 20)), 2);
  });

  it("does not count what lies beside the face", () => {
    const edges = stripes(4, 40).map((value, index) => {
      const pixel = Math.floor(index / 3);
      const x = pixel % SIZE;
      const y = Math.floor(pixel / SIZE);
      const beside = x < 6 || y < 6 || x >= SIZE - 6 || y >= SIZE - 6;
      return beside ? value : 128;
    });
    expect(sharpnessOf(edges)).toBeCloseTo(0, 4);
  });
});
