import { expect, test } from "vitest";
import { openFrameMemory } from "#adapters/ffmpeg/frame-memory";

test("memory that was given back serves a later frame, and whoever still holds it finds it empty, not another picture", () => {
  const memory = openFrameMemory(3);
  const held = memory.lend();
  held.set([1, 2, 3]);
  const view = held.subarray(1);
  memory.giveBack(held);
  const later = memory.lend();
  expect([...later]).toEqual([1, 2, 3]); // the same bytes, moved: nothing was allocated
  later.set([7, 8, 9]);
  expect([held.length, view.length, held[0]]).toEqual([0, 0, undefined]);
});

test("a frame somebody holds is never lent again", () => {
  const memory = openFrameMemory(2);
  const held = memory.lend();
  held.set([1, 2]);
  for (let i = 0; i < 8; i++) {
    const other = memory.lend();
    other.set([9, 9]);
    if (i % 2 === 0) memory.giveBack(other);
  }
  expect([...held]).toEqual([1, 2]);
});

test("given back twice is given back once: two frames never share memory", () => {
  const memory = openFrameMemory(2);
  const first = memory.lend();
  memory.giveBack(first);
  memory.giveBack(first);
  const [a, b] = [memory.lend(), memory.lend()];
  a.set([1, 1]);
  b.set([2, 2]);
  expect([...a, ...b]).toEqual([1, 1, 2, 2]);
});

test("memory that is not its own is left alone", () => {
  const memory = openFrameMemory(2);
  const foreign = Uint8Array.of(5, 6);
  memory.giveBack(foreign);
  memory.giveBack(memory.lend().subarray(0, 2));
  memory.lend().set([1, 1]);
  expect([...foreign]).toEqual([5, 6]);
});

test("little is kept for later, whatever is given back at once", () => {
  const memory = openFrameMemory(1);
  const lent = Array.from({ length: 20 }, () => memory.lend());
  for (const [i, rgb] of lent.entries()) {
    rgb[0] = i + 100;
    memory.giveBack(rgb);
  }
  const again = Array.from({ length: 20 }, () => memory.lend()[0] ?? 0);
  expect(again.filter((value) => value >= 100).length).toBeLessThanOrEqual(2);
  expect(lent.every((rgb) => rgb.length === 0)).toBe(true);
});
