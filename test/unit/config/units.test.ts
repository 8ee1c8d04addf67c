import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatDuration, formatSize, parseDuration, parseSize } from "#config/units";

describe("durations", () => {
  it.each([
    ["500ms", 500],
    ["3s", 3000],
    ["1.5s", 1500],
    ["0.007s", 7],
    ["2m", 120_000],
    ["1h", 3_600_000],
    ["30d", 2_592_000_000],
    ["0s", 0],
  ])("%s is %d ms", (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  it.each([
    "",
    "3",
    "s",
    "3 s",
    "-1s",
    "+1s",
    "1e3s",
    "1,5s",
    ".5s",
    "5.s",
    "3S",
    "1h30m",
    "1.5ms",
    "0.0001s",
    "9999999999s",
    "3s\n",
    "١s",
  ])("%j is no duration", (text) => {
    expect(parseDuration(text)).toBeNull();
  });

  it("survive being written and read", () => {
    fc.assert(
      fc.property(fc.nat({ max: 999_999_999 }), (ms) => {
        expect(parseDuration(formatDuration(ms))).toBe(ms);
      }),
    );
  });

  it("never come out negative, fractional or endless, whatever is read", () => {
    const text = fc.oneof(fc.string(), fc.stringMatching(/^[\d.]{1,12}(ms|s|m|h|d)$/));
    fc.assert(
      fc.property(text, (anything) => {
        const ms = parseDuration(anything);
        expect(ms === null || (Number.isSafeInteger(ms) && ms >= 0)).toBe(true);
      }),
    );
  });

  it("are written in the largest unit that fits", () => {
    expect([0, 1, 1500, 3000, 120_000, 86_400_000].map(formatDuration)).toEqual([
      "0ms",
      "1ms",
      "1500ms",
      "3s",
      "2m",
      "1d",
    ]);
  });
});

describe("sizes", () => {
  it.each([
    ["8MB", 8_000_000],
    ["512B", 512],
    ["1.5kB", 1500],
    ["1KB", 1000],
    ["2GB", 2_000_000_000],
  ])("%s is %d bytes", (text, bytes) => {
    expect(parseSize(text)).toBe(bytes);
  });

  it.each(["", "8", "8 MB", "8mb", "-1B", "0.5B", "8MiB", "1e3B"])("%j is no size", (text) => {
    expect(parseSize(text)).toBeNull();
  });

  it("survive being written and read", () => {
    fc.assert(
      fc.property(fc.nat({ max: 999_999_999 }), (bytes) => {
        expect(parseSize(formatSize(bytes))).toBe(bytes);
      }),
    );
  });
});
