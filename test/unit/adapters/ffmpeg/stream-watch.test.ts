import { describe, expect, test } from "vitest";
import { openCatchUp } from "#adapters/ffmpeg/catch-up";
import { CHECK_EVERY_MS, type StreamWatch, watchStream } from "#adapters/ffmpeg/stream-watch";

const LIMITS = { firstFrameMs: 15_000, stallMs: 3_000, maxFramesPerWindow: 100 };

/** Asks as often as the source does, from one instant to another; the first verdict that is not fine, and when. */
function ask(watch: StreamWatch, fromMs: number, toMs: number): [string, number] | null {
  for (let nowMs = fromMs; nowMs <= toMs; nowMs += CHECK_EVERY_MS) {
    const verdict = watch.verdict(nowMs);
    if (verdict !== "fine") return [verdict, nowMs];
  }
  return null;
}

describe("the watchdog", () => {
  test("gives the first frame its long grace, then calls the camera silent", () => {
    const watch = watchStream(1_000, LIMITS);
    expect(ask(watch, 1_000, 16_000)).toBeNull();
    expect(ask(watch, 16_250, 17_000)).toEqual(["silent", 16_250]);
  });

  test("calls a gap between frames a stall", () => {
    const watch = watchStream(0, LIMITS);
    watch.frame(0);
    expect(ask(watch, 0, 3_000)).toBeNull();
    watch.frame(3_000);
    expect(ask(watch, 3_250, 6_000)).toBeNull();
    expect(ask(watch, 6_250, 9_000)).toEqual(["stalled", 6_250]);
  });

  test("does not blame the camera for a pause of this machine", () => {
    const watch = watchStream(0, LIMITS);
    watch.frame(0);
    expect(ask(watch, 0, 1_000)).toBeNull();
    expect(watch.verdict(60_000)).toBe("fine"); // suspended for a minute
    expect(ask(watch, 60_250, 63_000)).toBeNull();
    expect(ask(watch, 63_250, 70_000)).toEqual(["stalled", 63_250]);
  });

  test("calls far too many frames a runaway, but not a full window after another", () => {
    const steady = watchStream(0, LIMITS);
    for (let frame = 0; frame < 1_000; frame++) steady.frame(frame * 25);
    expect(steady.verdict(25_000)).toBe("fine");
    const runaway = watchStream(0, LIMITS);
    for (let frame = 0; frame < 101; frame++) runaway.frame(frame);
    expect(runaway.verdict(200)).toBe("runaway");
  });

  test("knows how long frames have been flowing", () => {
    const watch = watchStream(0, LIMITS);
    expect([watch.hasFrames(), watch.steadyMs()]).toEqual([false, null]);
    watch.frame(2_000);
    watch.frame(33_000);
    expect([watch.hasFrames(), watch.steadyMs()]).toEqual([true, 31_000]);
  });
});

describe("the frames hoarded while the stream was probed", () => {
  const liveness = (instants: readonly number[]) => {
    const catchUp = openCatchUp(90);
    return instants.map((nowMs) => catchUp.isLive(nowMs));
  };

  test("are not live, what comes at its own pace after them is", () => {
    expect(liveness([1_400, 1_402, 1_404, 1_406, 1_480, 1_481, 1_570])).toEqual([
      false,
      false,
      false,
      false,
      true,
      false, // right behind the one before: of what comes in a heap, one counts
      true,
    ]);
  });

  test("cannot keep a stream from being live for longer than two seconds", () => {
    const instants = Array.from({ length: 60 }, (_, index) => index * 40);
    expect(liveness(instants).indexOf(true)).toBe(50);
  });
});
