import { describe, expect, it } from "vitest";
import type { Picture } from "#core/face";
import { createSceneReader } from "#core/scene";
import { createViewMemory } from "#core/view";
import { coveredView, viewAt } from "../../fakes/views";

const read = createSceneReader();

describe("a picture in numbers", () => {
  it("has the light, contrast and sharpness that are in it", () => {
    const { light, contrast, sharpness } = read(viewAt(1));
    expect(light).toBeGreaterThan(120);
    expect(light).toBeLessThan(140);
    expect(contrast).toBeGreaterThan(25);
    expect(sharpness).toBeGreaterThan(80);
    const dim = read(viewAt(1, { light: 0.25 }));
    expect(dim.light).toBeCloseTo(light / 4, 0);
    const soft = [2, 4, 8].map((blurPx) => read(viewAt(1, { blurPx })).sharpness);
    expect(soft).toEqual(soft.toSorted((a, b) => b - a));
    expect(soft.at(-1)).toBeLessThan(0.3 * sharpness);
    expect(read(coveredView(1, 40))).toMatchObject({ sharpness: expect.toSatisfy((step: number) => step < 6) });
    expect(read(coveredView(1, 40)).contrast).toBeLessThan(1);
  });

  it("is the same picture only byte for byte", () => {
    const once = read(viewAt(1)).fingerprint;
    expect(read(viewAt(1)).fingerprint).toBe(once);
    expect(read(viewAt(2)).fingerprint).not.toBe(once);
  });

  it("means the same at every size", () => {
    const small = read(viewAt(1, {}, 320, 180));
    const large = read(viewAt(1, {}, 1280, 720));
    expect(large.light).toBeCloseTo(small.light, 0);
    expect(large.contrast).toBeCloseTo(small.contrast, -1);
  });

  it.each([
    [1, 1],
    [2, 3],
    [7, 90],
  ])("is numbers even of %i×%i px", (width, height) => {
    const tiny: Picture = { width, height, rgb: new Uint8Array(width * height * 3).fill(90) };
    expect(read(tiny)).toMatchObject({ light: 90, contrast: 0, sharpness: 0 });
  });
});

describe("a known view", () => {
  const cellsOf = (...view: Parameters<typeof viewAt>): Float32Array => read(viewAt(...view)).cells.slice();
  const house = [0, 1, 2, 3].map((seed) => cellsOf(seed));
  const known = (seconds = 25) => {
    const memory = createViewMemory();
    for (let i = 0; i < 2 * seconds; i++) memory.learn(house[i % 4] ?? house[0] ?? new Float32Array(), 0.5);
    return memory;
  };
  const compare = (...view: Parameters<typeof viewAt>) => known().compare(read(viewAt(...view)).cells);

  it("is none before it was seen for a while", () => {
    expect(known(10).compare(read(viewAt(99)).cells)).toEqual({ match: null, shift: null });
  });

  it.each([0.25, 0.5, 1.5])("is recognised in %f of the light", (light) => {
    expect(compare(99, { light })).toEqual({ match: expect.toSatisfy((share: number) => share > 0.9), shift: null });
  });

  it("is recognised behind a visitor, and after a slight knock", () => {
    for (const visitor of [0.2, 0.4, 0.6]) {
      const { match, shift } = compare(99, { visitor });
      expect(match).toBeGreaterThan(0.3);
      expect(shift).toBeNull();
    }
    expect(compare(99, { right: 8 })).toEqual({ match: expect.toSatisfy((share: number) => share > 0.5), shift: null });
  });

  it.each([
    [40, 0],
    [-80, 0],
    [-40, 30],
    [60, -40],
  ])("that moved by %i, %i px is found again at its new place", (right, down) => {
    const { match, shift } = compare(99, { right, down });
    expect(match).toBeLessThan(0.5);
    expect(shift?.right).toBeCloseTo(right / 640, 1);
    expect(shift?.down).toBeCloseTo(down / 360, 1);
  });

  it("is not in another place's picture, and can become that place", () => {
    const memory = known();
    const street = read(viewAt(99, { isElsewhere: true })).cells;
    expect(memory.compare(street).match).toBeLessThan(0.2);
    expect(memory.isSteady(street)).toBe(false);
    expect(memory.isSteady(read(viewAt(3, { isElsewhere: true })).cells)).toBe(true);
    memory.adopt();
    expect(memory.compare(read(viewAt(5, { isElsewhere: true })).cells).match).toBeGreaterThan(0.9);
    expect(memory.compare(read(viewAt(5)).cells).match).toBeLessThan(0.2);
  });

  it("follows the sun, which needs hours, from one end of the light to the other", () => {
    const memory = known();
    for (let step = 0; step < 20; step++) memory.learn(read(viewAt(step, { light: 1 - step / 26 })).cells, 300);
    expect(memory.compare(read(viewAt(99, { light: 0.25 })).cells).match).toBeGreaterThan(0.9);
  });

  it("of one even wall says nothing", () => {
    const memory = createViewMemory();
    for (let seed = 0; seed < 6; seed++) memory.learn(read(coveredView(seed, 120)).cells, 5);
    expect(memory.compare(read(viewAt(1)).cells)).toEqual({ match: null, shift: null });
  });
});
