import fc from "fast-check";
import { expect, test } from "vitest";
import { openFrameMemory } from "#adapters/ffmpeg/frame-memory";
import { openFrameSplitter } from "#adapters/ffmpeg/frame-splitter";

test("frames come out whole and in order however the bytes are cut", () => {
  const cuts = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 17 }),
      fc.integer({ min: 0, max: 200 }),
      cuts,
      (frameBytes, length, sizes) => {
        const bytes = Uint8Array.from({ length }, (_, index) => index % 251);
        const frames: number[][] = [];
        const splitter = openFrameSplitter(openFrameMemory(frameBytes), (rgb) => frames.push([...rgb]));
        for (let offset = 0, turn = 0; offset < length; turn++) {
          const size = sizes[turn % sizes.length] ?? 1;
          splitter.push(bytes.subarray(offset, offset + size));
          offset += size;
        }
        expect(frames).toHaveLength(Math.floor(length / frameBytes));
        expect(frames.flat()).toEqual([...bytes.subarray(0, frames.length * frameBytes)]);
      },
    ),
  );
});

test("a frame that was handed on is never written again", () => {
  const frames: Uint8Array[] = [];
  const splitter = openFrameSplitter(openFrameMemory(3), (rgb) => frames.push(rgb));
  splitter.push(Uint8Array.of(1, 2, 3, 4, 5, 6));
  expect(frames.map((frame) => [...frame])).toEqual([
    [1, 2, 3],
    [4, 5, 6],
  ]);
});

test("a frame that is given back while the next one arrives disturbs neither", () => {
  const frames: Uint8Array[] = [];
  const memory = openFrameMemory(2);
  const splitter = openFrameSplitter(memory, (rgb) => frames.push(rgb));
  splitter.push(Uint8Array.of(1, 2, 3));
  memory.giveBack(frames[0] ?? new Uint8Array());
  splitter.push(Uint8Array.of(4, 5, 6));
  expect(frames.map(({ length }) => length)).toEqual([0, 2, 2]);
  expect(frames.slice(1).map((frame) => [...frame])).toEqual([
    [3, 4],
    [5, 6],
  ]);
});
