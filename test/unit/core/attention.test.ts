import { describe, expect, it } from "vitest";
import { hasMoved, lightGrid, NO_ATTENTION, worthLooking } from "#core/attention";
import type { Picture } from "#core/face";

/** A grey picture with sensor noise of ±5 levels, and something brighter in a square of it. */
function scene(seed: number, square: { left: number; top: number; side: number } | null = null): Picture {
  const width = 640;
  const height = 360;
  const rgb = new Uint8Array(width * height * 3);
  let state = seed;
  for (let i = 0; i < rgb.length; i++) {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    rgb[i] = 120 + (state % 11) - 5;
  }
  for (let y = square?.top ?? 0; square !== null && y < square.top + square.side; y++) {
    rgb.fill(170, (y * width + square.left) * 3, (y * width + square.left + square.side) * 3);
  }
  return { width, height, rgb };
}

describe("the daemon looks", () => {
  const seen = worthLooking(NO_ATTENTION, scene(1), 1000, false) ?? NO_ATTENTION;

  it("at the very first picture", () => {
    expect(seen.lookedAtMs).toBe(1000);
  });
  it("not at a scene in which only the sensor's noise changes", () => {
    for (let seed = 2; seed < 12; seed++) expect(worthLooking(seen, scene(seed), 1100, false)).toBeNull();
  });
  it("when something as small as a head a few metres away moves", () => {
    expect(worthLooking(seen, scene(2, { left: 300, top: 200, side: 24 }), 1100, false)).not.toBeNull();
  });
  it("always while somebody is there", () => {
    expect(worthLooking(seen, scene(2), 1100, true)).not.toBeNull();
  });
  it("every two seconds even when nothing moves", () => {
    expect(worthLooking(seen, scene(2), 2999, false)).toBeNull();
    expect(worthLooking(seen, scene(2), 3000, false)).not.toBeNull();
  });
  it("when the picture's size changed", () => {
    expect(hasMoved(lightGrid(scene(1)).slice(1), lightGrid(scene(1)))).toBe(true);
  });
});
