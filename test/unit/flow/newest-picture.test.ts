import { expect, it } from "vitest";
import { rememberNewest } from "#flow/newest-picture";
import type { Frame, FrameSource } from "#ports/frame-source";
import { frameAt } from "../../fakes/faces";

function sourceOf(sent: readonly Frame[]) {
  const back: number[] = [];
  const source: FrameSource = {
    async *frames() {
      yield* sent;
    },
    giveBack: ({ sequence }) => back.push(sequence),
    health: () => ({ state: "streaming", code: null, restarts: 3, lastFrameAtMs: 2 }),
  };
  return { back, remembering: rememberNewest(source) };
}

const someFrames = (count: number) => Array.from({ length: count }, (_, i) => frameAt(i, i));
const signal = new AbortController().signal;

it("remembers the frame read last, and passes every frame on", async () => {
  const sent = someFrames(2);
  const { remembering } = sourceOf(sent);
  expect(remembering.newest()).toBeNull();
  const read = [];
  for await (const frame of remembering.frames(signal)) {
    expect(remembering.newest()).toBe(frame);
    read.push(frame);
  }
  expect(read).toEqual(sent);
  expect(remembering.health().restarts).toBe(3);
});

it("gives a frame back only when a newer one has taken its place", async () => {
  const { back, remembering } = sourceOf(someFrames(3));
  const known = [];
  for await (const frame of remembering.frames(signal)) {
    known.push([...back]);
    remembering.giveBack(frame);
    expect(back).not.toContain(frame.sequence);
  }
  expect(known).toEqual([[], [0], [0, 1]]);
});

it("never gives back what its reader keeps, nor what somebody was shown, before or after", async () => {
  const { back, remembering } = sourceOf(someFrames(5));
  for await (const frame of remembering.frames(signal)) {
    if (frame.sequence === 1) remembering.newest();
    if (frame.sequence !== 0) remembering.giveBack(frame);
    if (frame.sequence === 2) remembering.newest();
  }
  expect(back).toEqual([3]);
});

it("leaves a frame alone that is given back after a newer one came", async () => {
  const sent = someFrames(3);
  const { back, remembering } = sourceOf(sent);
  for await (const frame of remembering.frames(signal)) {
    const before = sent[frame.sequence - 1];
    if (before !== undefined) remembering.giveBack(before);
  }
  expect(back).toEqual([]);
});
