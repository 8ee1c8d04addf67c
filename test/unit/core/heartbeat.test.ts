import { expect, it } from "vitest";
import { mayFeed, stuckParts } from "#core/heartbeat";

const ALWAYS = Number.NEGATIVE_INFINITY;
const pulse = (part: string, owesSinceMs: number | null, allowedMs = 100) => ({ part, owesSinceMs, allowedMs });

it("a part is stuck when it owes a sign of life for longer than it may", () => {
  expect(stuckParts([pulse("camera front", 1000)], ALWAYS, 1100)).toEqual([]);
  expect(stuckParts([pulse("camera front", 1000)], ALWAYS, 1101)).toEqual([{ part: "camera front", forMs: 101 }]);
});

it("a part that waits for what may never come owes nothing", () => {
  expect(stuckParts([pulse("MQTT connection", null)], ALWAYS, 1e9)).toEqual([]);
});

it("the watchdog is fed only while no part is stuck", () => {
  expect(mayFeed(stuckParts([pulse("audit log", 0), pulse("camera front", 900)], ALWAYS, 1000))).toBe(false);
  expect(mayFeed(stuckParts([pulse("audit log", 950), pulse("camera front", 900)], ALWAYS, 1000))).toBe(true);
});

it("a program that was stopped as a whole gives each part its whole time again", () => {
  expect(stuckParts([pulse("camera front", 0)], 5000, 5100)).toEqual([]);
  expect(stuckParts([pulse("camera front", 0)], 5000, 5101)).toEqual([{ part: "camera front", forMs: 101 }]);
});

it("a part of two pulses is named once, with the longer silence", () => {
  const pulses = [pulse("camera front", 700), pulse("camera front", 100), pulse("camera front", 990)];
  expect(stuckParts(pulses, ALWAYS, 1000)).toEqual([{ part: "camera front", forMs: 900 }]);
});

it("a time that is no number is no sign of life", () => {
  expect(mayFeed(stuckParts([pulse("audit log", Number.NaN)], ALWAYS, 1000))).toBe(false);
});
