import { getEventListeners } from "node:events";
import { expect, test } from "vitest";
import { openNewestFrame } from "#adapters/ffmpeg/newest-frame";

const frame = (sequence: number) => ({
  camera: "entrance",
  sequence,
  capturedAtMs: sequence,
  width: 1,
  height: 1,
  rgb: new Uint8Array(3),
});

test("a frame nobody took is replaced by the newer one and given back", async () => {
  const newest = openNewestFrame();
  expect(newest.put(frame(0))).toBeNull();
  expect(newest.put(frame(1))?.sequence).toBe(0);
  expect((await newest.take(new AbortController().signal))?.sequence).toBe(1);
  expect(newest.put(frame(2))).toBeNull();
});

test("a waiting reader gets the next frame, and leaves nothing on the signal behind", async () => {
  const newest = openNewestFrame();
  const { signal } = new AbortController();
  for (let sequence = 0; sequence < 20; sequence++) {
    const taken = newest.take(signal);
    newest.put(frame(sequence));
    expect((await taken)?.sequence).toBe(sequence);
  }
  expect(getEventListeners(signal, "abort")).toEqual([]);
});

test("an abort ends the waiting, and no frame comes out after it", async () => {
  const newest = openNewestFrame();
  const stop = new AbortController();
  const taken = newest.take(stop.signal);
  stop.abort();
  expect(await taken).toBeNull();
  newest.put(frame(0));
  expect(await newest.take(stop.signal)).toBeNull();
});
