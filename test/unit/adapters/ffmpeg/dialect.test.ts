import { describe, expect, test } from "vitest";
import { dialectOf, refusalOf } from "#adapters/ffmpeg/dialect";
import { outputOptions } from "#adapters/ffmpeg/stream-command";
import { concatText } from "#adapters/ffmpeg/stream-url";

const SHAPE = { width: 640, height: 360, lookIntervalMs: 90 };

describe.each([
  [4, "-vsync passthrough", "option stimeout 5000000"],
  [5, "-fps_mode passthrough", "option timeout 5000000"],
  [6, "-fps_mode passthrough", "option timeout 5000000"],
  [7, "-fps_mode passthrough", "option timeout 5000000"],
])("ffmpeg %d", (major, passthrough, timeout) => {
  test(`is told ${passthrough} and ${timeout}`, () => {
    const dialect = dialectOf(major);
    const output = outputOptions(SHAPE, dialect).join(" ");
    expect(output).toContain(passthrough);
    expect(output.match(/passthrough/g)).toHaveLength(1);
    expect(concatText({ url: "rtsp://192.0.2.10/s" }, dialect).split("\n")).toContain(timeout);
  });
});

test.each([
  [{ major: 4, minor: 4 }, "password"],
  [{ major: 5, minor: 0 }, "-fps_mode"],
  [{ major: 5, minor: 1 }, null],
  [{ major: 6, minor: 0 }, null],
  [{ major: 7, minor: 1 }, null],
  [{ major: 8, minor: 0 }, null],
])("%o can be used, or it is said why not", (release, why) => {
  const refusal = refusalOf(release);
  if (why === null) expect(refusal).toBeNull();
  else expect(refusal).toContain(why);
});
