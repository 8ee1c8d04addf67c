import fc from "fast-check";
import { expect, test } from "vitest";
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
        const splitter = openFrameSplitter(frameBytes, (rgb) => frames.push([...rgb]));
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
  const splitter = openFrameSplitter(3, (rgb) => frames.push(rgb));
  splitter.push(Uint8Array.of(1, 2, 3, 4, 5, 6));
  expect(frames.map((frame) => [...frame])).toEqual([
    [1, 2, 3],
    [4, 5, 6],
  ]);
});

test("a frame nobody wanted lends its memory to a later one", () => {
  const frames: Uint8Array[] = [];
  const splitter = openFrameSplitter(2, (rgb) => frames.push(rgb));
  splitter.push(Uint8Array.of(1, 2));
  const unwanted = frames[0] ?? new Uint8Array();
  splitter.recycle(unwanted);
  splitter.push(Uint8Array.of(3, 4, 5, 6));
  expect(frames[1]).toBe(unwanted);
  expect(frames[2]).not.toBe(unwanted);
});

test("memory of another size is not taken back", () => {
  const frames: Uint8Array[] = [];
  const splitter = openFrameSplitter(2, (rgb) => frames.push(rgb));
  splitter.recycle(new Uint8Array(5));
  splitter.push(Uint8Array.of(1, 2));
  expect(frames[0]).toHaveLength(2);
});
