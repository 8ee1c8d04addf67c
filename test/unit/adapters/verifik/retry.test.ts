import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { askedPauseMs, backOffMs, isRetryable } from "#adapters/verifik/retry";

const NOW_MS = Date.UTC(2026, 10, 23, 12, 0, 0);

describe("the pause an engine asks for", () => {
  it.each([
    ["0", 0],
    [" 7 ", 7000],
    ["60", 60_000],
    ["86400", 60_000],
    ["Mon, 23 Nov 2026 12:00:05 GMT", 5000],
    ["Mon, 23 Nov 2026 11:00:00 GMT", 0],
    ["Tue, 24 Nov 2026 12:00:00 GMT", 60_000],
    ["Mon, 99 Nov 2026 12:00:00 GMT", null],
    ["-5", null],
    ["1.5", null],
    ["", null],
    ["soon", null],
    ["2026-11-23T12:00:05Z", null],
    ["9999999999999999999999", null],
  ])("%j is %s ms", (header, pauseMs) => {
    expect(askedPauseMs(header, NOW_MS)).toBe(pauseMs);
  });

  it("is nothing when the header is missing or comes twice", () => {
    expect(askedPauseMs(undefined, NOW_MS)).toBeNull();
    expect(askedPauseMs(["1", "2"], NOW_MS)).toBeNull();
  });

  it("is never negative and never over a minute, whatever the header", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.date({ noInvalidDate: true }).map((date) => date.toUTCString()),
        ),
        (header) => {
          const pauseMs = askedPauseMs(header, NOW_MS);
          if (pauseMs === null) return;
          expect(pauseMs).toBeGreaterThanOrEqual(0);
          expect(pauseMs).toBeLessThanOrEqual(60_000);
        },
      ),
    );
  });
});

describe("our own pause", () => {
  it("doubles from try to try, within its jitter, up to its limit", () => {
    expect([1, 2, 3, 4, 5, 6, 7].map((attempt) => Math.round(backOffMs(attempt, 0.999_999)))).toEqual([
      100, 200, 400, 800, 1600, 2000, 2000,
    ]);
    expect(backOffMs(3, 0.5)).toBe(200);
  });

  it("is never a hot loop and never without end", () => {
    const draw = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000 }), draw, (attempt, random) => {
        expect(backOffMs(attempt, random)).toBeGreaterThanOrEqual(25);
        expect(backOffMs(attempt, random)).toBeLessThanOrEqual(2000);
      }),
    );
  });
});

it("only four statuses are worth asking again", () => {
  const all = Array.from({ length: 500 }, (_, at) => 100 + at);
  expect(all.filter(isRetryable)).toEqual([429, 502, 503, 504]);
});
