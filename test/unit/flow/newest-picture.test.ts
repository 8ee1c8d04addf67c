import { expect, it } from "vitest";
import { rememberNewest } from "#flow/newest-picture";
import type { FrameSource } from "#ports/frame-source";
import { frameAt } from "../../fakes/faces";

it("remembers the frame read last, and passes every frame on", async () => {
  const sent = [frameAt(1), frameAt(2)];
  const source: FrameSource = {
    async *frames() {
      yield* sent;
    },
    health: () => ({ state: "streaming", code: null, restarts: 3, lastFrameAtMs: 2 }),
  };
  const remembering = rememberNewest(source);
  expect(remembering.newest()).toBeNull();
  const read = [];
  for await (const frame of remembering.frames(new AbortController().signal)) {
    expect(remembering.newest()).toBe(frame);
    read.push(frame);
  }
  expect(read).toEqual(sent);
  expect(remembering.health().restarts).toBe(3);
});
