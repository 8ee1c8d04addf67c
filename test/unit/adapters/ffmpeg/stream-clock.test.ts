import { expect, test } from "vitest";
import { CLOCK_FILTERS, readClockLine, STEADY_COPY } from "#adapters/ffmpeg/stream-clock";

test.each([
  ["limen.clock_back=1", "back"],
  ["frame:0    pts:-5130000 pts_time:-57", "heading"],
  ["[h264 @ 0x55d0] error while decoding MB 1 2", "complaint"],
  ["pipe:0: Server returned 401 Unauthorized (limen.clock_back=1)", "complaint"],
  ["", "complaint"],
] as const)("%j is %s", (line, kind) => {
  expect(readClockLine(line)).toBe(kind);
});

test("every comma of an expression is kept from the filter graph, and nothing holds a blank", () => {
  for (const quoted of CLOCK_FILTERS.matchAll(/'([^']*)'/g)) expect(quoted[1]).not.toMatch(/(?<!\\),/);
  // Fluent-ffmpeg cuts an option in two at its only blank.
  expect(CLOCK_FILTERS + STEADY_COPY).not.toContain(" ");
});
