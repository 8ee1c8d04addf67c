import fc from "fast-check";
import { expect, test } from "vitest";
import { retryDelayMs } from "#adapters/ffmpeg/retry-delay";

const LIMITS = { minMs: 1_000, maxMs: 30_000, authRetryMs: 60_000 };
const almostOne = 0.999999;

test("waits grow twofold up to the ceiling", () => {
  const waits = [1, 2, 3, 4, 5, 6, 7, 1_000].map((failures) =>
    Math.round(retryDelayMs("LIMEN_CAMERA_ENDED", failures, LIMITS, almostOne)),
  );
  expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
});

test("no wait is so short that trying becomes a hot loop, none longer than the ceiling", () => {
  const unit = fc.double({ min: 0, max: almostOne, noNaN: true });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 10_000 }), unit, (failures, random) => {
      const waitMs = retryDelayMs("LIMEN_CAMERA_UNREACHABLE", failures, LIMITS, random);
      expect(waitMs).toBeGreaterThanOrEqual(250);
      expect(waitMs).toBeLessThanOrEqual(30_000);
    }),
  );
});

test("refused credentials wait much longer, whatever the dice say", () => {
  expect(retryDelayMs("LIMEN_CAMERA_AUTH", 1, LIMITS, 0)).toBe(60_000);
  expect(retryDelayMs("LIMEN_CAMERA_LOCKED", 1, LIMITS, 0)).toBe(60_000);
  expect(retryDelayMs("LIMEN_CAMERA_CLOCK", 1, LIMITS, 0)).toBe(60_000);
  expect(retryDelayMs("LIMEN_CAMERA_AUTH", 3, LIMITS, 0)).toBe(240_000);
  expect(retryDelayMs("LIMEN_CAMERA_AUTH", 50, LIMITS, almostOne)).toBeLessThan(600_000);
});
