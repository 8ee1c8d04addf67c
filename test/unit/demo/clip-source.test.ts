import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { parseClip } from "#demo/camera/annexb";
import { type ClipTick, openClipSource } from "#demo/camera/clip-source";
import { annexB, PPS, SPS, slice } from "../../fixtures/h264-bytes.js";

/** Two groups of pictures, three and two long, at a rate that makes a loop last 25 ms. */
const clip = parseClip(
  annexB([SPS, PPS, slice("key"), slice("delta"), slice("delta"), SPS, PPS, slice("key"), slice("delta")]),
);
const FPS = 200;

async function collect(
  count: number,
  options: { isLooping?: boolean; isPaused?: boolean },
  act: (tick: ClipTick, source: ReturnType<typeof openClipSource>) => void = () => {},
): Promise<ClipTick[]> {
  const ticks: ClipTick[] = [];
  using source = openClipSource({
    clip,
    fps: FPS,
    isLooping: options.isLooping ?? true,
    isPaused: options.isPaused ?? false,
    emit: (tick) => {
      ticks.push(tick);
      act(tick, source);
    },
  });
  while (ticks.length < count) await sleep(5);
  return ticks.slice(0, count);
}

const places = (ticks: readonly ClipTick[]): string[] => ticks.map((tick) => `${tick.loop}.${tick.index}`);

describe("a clip source", () => {
  test("plays every picture in order and counts the loops", async () => {
    const ticks = await collect(12, {});
    expect(places(ticks)).toEqual("0.0 0.1 0.2 0.3 0.4 1.0 1.1 1.2 1.3 1.4 2.0 2.1".split(" "));
    expect(ticks.every((tick) => !tick.isHeld)).toBe(true);
  });

  test("counts RTP time on over loops, one step a picture", async () => {
    const ticks = await collect(12, {});
    ticks.slice(1).forEach((tick, index) => {
      const step = tick.timestamp - (ticks[index]?.timestamp ?? 0);
      expect(step >= 90_000 / FPS - 0.001).toBe(true); // more only after a stall of a second
    });
  });

  test("opened paused, it repeats its first group until it is told to play, and leaves nothing out then", async () => {
    const ticks = await collect(14, { isPaused: true }, (tick, source) => {
      if (tick.timestamp >= (5 * 90_000) / FPS) source.play();
    });
    expect(places(ticks)).toEqual("0.0 0.1 0.2 0.0 0.1 0.2 0.0 0.1 0.2 0.3 0.4 1.0 1.1 1.2".split(" "));
    expect(ticks.map((tick) => tick.isHeld).indexOf(false)).toBe(6);
  });

  test("paused in the middle, it goes back to the key picture and never shows a picture without its predecessors", async () => {
    const ticks = await collect(12, {}, (tick, source) => {
      if (tick.index === 3) source.pause();
    });
    expect(places(ticks)).toEqual("0.0 0.1 0.2 0.3 0.4 0.3 0.4 0.3 0.4 0.3 0.4 0.3".split(" "));
    expect(ticks.slice(5).every((tick) => tick.isHeld)).toBe(true);
  });

  test("without looping it holds its last group at the end", async () => {
    const ticks = await collect(9, { isLooping: false });
    expect(places(ticks)).toEqual("0.0 0.1 0.2 0.3 0.4 0.3 0.4 0.3 0.4".split(" "));
    expect(ticks.map((tick) => tick.isHeld).indexOf(true)).toBe(5);
  });

  test("a slow camera spreads its time stamps", async () => {
    const ticks = await collect(4, {}, (tick, source) => {
      if (tick.index === 0) source.slow(0.5);
    });
    expect((ticks[2]?.timestamp ?? 0) - (ticks[1]?.timestamp ?? 0)).toBeGreaterThanOrEqual((2 * 90_000) / FPS - 0.001);
    using source = openClipSource({ clip, fps: 1, isLooping: true, isPaused: false, emit: () => {} });
    expect(() => source.slow(0)).toThrow(RangeError);
  });

  test("a jump moves the time stamps, another clip starts at its key picture", async () => {
    const other = parseClip(annexB([SPS, PPS, slice("key"), slice("delta")]));
    const ticks = await collect(4, {}, (tick, source) => {
      if (tick.index === 2) {
        source.jump(-60);
        source.load(other);
      }
    });
    expect(ticks[3]?.unit).toBe(other.units[0]);
    expect((ticks[3]?.timestamp ?? 0) - (ticks[2]?.timestamp ?? 0)).toBeLessThan(-59 * 90_000);
  });

  test("says nothing after it was disposed of", async () => {
    let count = 0;
    const source = openClipSource({ clip, fps: FPS, isLooping: true, isPaused: false, emit: () => (count += 1) });
    while (count < 3) await sleep(5);
    source[Symbol.dispose]();
    const atEnd = count;
    await sleep(50);
    expect(count).toBe(atEnd);
  });
});
