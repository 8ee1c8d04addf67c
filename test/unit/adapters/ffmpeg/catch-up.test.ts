import { expect, test } from "vitest";
import { openCatchUp } from "#adapters/ffmpeg/catch-up";

/** Which of the frames that come at these times are live, at ten looks a second. */
function liveOf(times: readonly number[]): number[] {
  const catchUp = openCatchUp(100);
  return times.filter((time) => catchUp.isLive(time));
}

test("of what was stuck for a while and comes at once, only the first counts", () => {
  expect(liveOf([0, 100, 200, 2_000, 2_005, 2_010, 2_030, 2_130, 2_230])).toEqual([100, 200, 2_000, 2_130, 2_230]);
});

test("a stream that always hurries is seen at the pace of the looks", () => {
  const times = Array.from({ length: 200 }, (_, i) => i * 20);
  const live = liveOf(times);
  expect(live[0]).toBe(2_000);
  expect(live.slice(1).every((time, at) => time - (live[at] ?? 0) === 100)).toBe(true);
  expect(live.at(-1)).toBeGreaterThan(3_800);
});
