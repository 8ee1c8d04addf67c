import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DEFAULT_RETRY, openRetryPlan } from "#adapters/ffmpeg/retry-plan";
import type { ErrorCode } from "#errors";

const almostOne = 0.999999;
const failed = (code: ErrorCode) => ({ code, steadyMs: null });
const refused = failed("LIMEN_CAMERA_AUTH");
const away = failed("LIMEN_CAMERA_UNREACHABLE");

describe("a camera that fails", () => {
  test("is tried again after waits that grow to three seconds, and no longer", () => {
    const plan = openRetryPlan(DEFAULT_RETRY, () => almostOne);
    const waits = Array.from({ length: 1_000 }, (_, at) => Math.round(plan.wait(failed("LIMEN_CAMERA_ENDED"), at)));
    expect(waits.slice(0, 4)).toEqual([1_000, 2_000, 3_000, 3_000]);
    expect(waits.at(-1)).toBe(3_000);
  });

  test("is never tried in a hot loop, whatever the dice say and however it fails", () => {
    const codes = fc.constantFrom<ErrorCode>("LIMEN_CAMERA_UNREACHABLE", "LIMEN_CAMERA_ENDED", "LIMEN_CAMERA_SILENT");
    const unit = fc.double({ min: 0, max: almostOne, noNaN: true });
    const steady = fc.option(fc.integer({ min: 0, max: 100_000 }));
    fc.assert(
      fc.property(fc.array(fc.tuple(codes, steady), { maxLength: 50 }), unit, (ends, random) => {
        const plan = openRetryPlan(DEFAULT_RETRY, () => random);
        for (const [code, steadyMs] of ends) {
          const waitMs = plan.wait({ code, steadyMs }, 0);
          expect(waitMs).toBeGreaterThanOrEqual(250);
          expect(waitMs).toBeLessThanOrEqual(3_000);
        }
      }),
    );
  });

  test("after half a minute of pictures begins with the short wait again", () => {
    const plan = openRetryPlan(DEFAULT_RETRY, () => almostOne);
    for (let at = 0; at < 5; at++) plan.wait(away, at);
    expect(Math.round(plan.wait({ code: "LIMEN_CAMERA_ENDED", steadyMs: 29_000 }, 0))).toBe(3_000);
    expect(Math.round(plan.wait({ code: "LIMEN_CAMERA_ENDED", steadyMs: 30_000 }, 0))).toBe(1_000);
  });
});

describe("refused credentials", () => {
  test("are tried twice quickly, then after a minute, then every five", () => {
    const plan = openRetryPlan(DEFAULT_RETRY, () => 0);
    let nowMs = 0;
    const waits = Array.from({ length: 6 }, () => {
      const waitMs = plan.wait(refused, nowMs);
      nowMs += waitMs;
      return waitMs;
    });
    expect(waits).toEqual([2_000, 4_000, 60_000, 300_000, 300_000, 300_000]);
  });

  test.each<ErrorCode>(["LIMEN_CAMERA_LOCKED", "LIMEN_CAMERA_CLOCK"])(
    "are as rare when the login fails as %s",
    (code) => {
      const plan = openRetryPlan(DEFAULT_RETRY, () => 0);
      expect([0, 1, 2].map((nowMs) => plan.wait(failed(code), nowMs))).toEqual([2_000, 4_000, 60_000]);
    },
  );

  test.each([
    ["it had pictures", { code: "LIMEN_CAMERA_ENDED", steadyMs: 0 }],
    ["it was away", away],
  ] as const)("begin with the quick tries again after %s", (_, between) => {
    const plan = openRetryPlan(DEFAULT_RETRY, () => 0);
    for (const atMs of [0, 2_000, 6_000]) plan.wait(refused, atMs);
    plan.wait(between, 60_000);
    expect(plan.wait(refused, 61_000)).toBe(2_000);
  });

  test("are as rare as before after any other failure", () => {
    const plan = openRetryPlan(DEFAULT_RETRY, () => 0);
    for (const atMs of [0, 2_000, 6_000]) plan.wait(refused, atMs);
    plan.wait(failed("LIMEN_CAMERA_SILENT"), 7_000);
    expect(plan.wait(refused, 8_000)).toBe(300_000);
  });

  test("never come more than six times in ten minutes, however the camera comes and goes", () => {
    const other = fc.constantFrom<ErrorCode>("LIMEN_CAMERA_UNREACHABLE", "LIMEN_CAMERA_ENDED", "LIMEN_CAMERA_SILENT");
    const end = fc.record({
      code: fc.oneof(fc.constant<ErrorCode>("LIMEN_CAMERA_AUTH"), other),
      steadyMs: fc.option(fc.integer({ min: 0, max: 60_000 })),
    });
    fc.assert(
      fc.property(fc.array(end, { maxLength: 100 }), (ends) => {
        const plan = openRetryPlan(DEFAULT_RETRY, () => 0);
        const at: number[] = [];
        let nowMs = 0;
        for (const each of ends) {
          if (each.code === "LIMEN_CAMERA_AUTH") at.push(nowMs);
          nowMs += plan.wait(each, nowMs);
        }
        for (const [index, atMs] of at.entries()) {
          const seventh = at[index + 6];
          if (seventh !== undefined) expect(seventh - atMs).toBeGreaterThanOrEqual(600_000);
        }
      }),
    );
  });
});
