import fc from "fast-check";
import { expect, it } from "vitest";
import { stretchContrast } from "#adapters/faces/contrast";

const LEAST = 45;

/** Mean and standard deviation of one channel, black left out. */
function statisticsOf(rgb: Float32Array): { mean: number; spread: number } {
  const values = [...rgb].filter((value, i) => i % 3 === 0 && value !== 0);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, spread: Math.sqrt(squares / values.length) };
}
const greyFace = (values: readonly number[]) => Float32Array.from(values.flatMap((value) => [value, value, value]));
/** Half of it darker than the mean by this much, half lighter. */
const face = (mean: number, spread: number) =>
  greyFace(Array.from({ length: 400 }, (_, i) => mean + (i % 2 === 0 ? spread : -spread)));

it("a dim face gets the contrast that is asked for, and keeps its mean", () => {
  const { mean, spread } = statisticsOf(stretchContrast(face(70, 30), LEAST));
  expect(mean).toBeCloseTo(70, 3);
  expect(spread).toBeCloseTo(LEAST, 3);
});

it("a face with as much, or more, is left exactly as it is", () => {
  for (const spread of [45, 46, 80]) {
    const before = face(120, spread);
    expect([...stretchContrast(Float32Array.from(before), LEAST)]).toEqual([...before]);
  }
});

it("is never stretched more than twofold, whatever is asked for", () => {
  expect(statisticsOf(stretchContrast(face(70, 4), LEAST)).spread).toBeCloseTo(8, 3);
});

it("black, which is where the picture ends, counts for nothing and stays black", () => {
  const half = Float32Array.from([...face(100, 20), ...greyFace(Array.from({ length: 400 }, () => 0))]);
  const after = stretchContrast(half, LEAST);
  expect(statisticsOf(after).spread).toBeCloseTo(40, 3);
  expect([...after.subarray(1200)].every((value) => value === 0)).toBe(true);
});

it("of any picture makes numbers of 0 to 255, also of one that is all black or all one grey", () => {
  const pictures = fc.array(fc.double({ min: 0, max: 255, noNaN: true }), { minLength: 3, maxLength: 90 });
  fc.assert(
    fc.property(pictures, (values) => {
      const rgb = Float32Array.from(values.slice(0, values.length - (values.length % 3)));
      return [...stretchContrast(rgb, LEAST)].every((value) => value >= 0 && value <= 255);
    }),
  );
  expect([...stretchContrast(greyFace([0, 0, 0]), LEAST)].every((value) => value === 0)).toBe(true);
  expect([...stretchContrast(greyFace([90, 90]), LEAST)].every((value) => value === 90)).toBe(true);
});
