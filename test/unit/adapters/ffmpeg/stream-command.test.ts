import { Writable } from "node:stream";
import fc from "fast-check";
import { expect, test } from "vitest";
import { dialectOf } from "#adapters/ffmpeg/dialect";
import { CLOCK_FILTERS, STEADY_COPY } from "#adapters/ffmpeg/stream-clock";
import { inputOptions, outputOptions, streamCommand } from "#adapters/ffmpeg/stream-command";
import { concatText } from "#adapters/ffmpeg/stream-url";

const DIALECT = dialectOf(5);
const BINARY = { path: "/usr/bin/ffmpeg", major: 5, version: "5.1" };

/** The arguments fluent-ffmpeg will start the process with. */
function argumentsOf(command: object): string[] {
  const get: unknown = Reflect.get(command, "_getArguments");
  const list: unknown = typeof get === "function" ? Reflect.apply(get, command, []) : [];
  return Array.isArray(list) ? list.map(String) : [];
}

test("the arguments are the same for every camera and never hold a credential or an address", () => {
  const shape = { width: 640, height: 360, lookIntervalMs: 90 };
  const expected = [...inputOptions("software"), "-i", "pipe:0", ...outputOptions(shape, DIALECT), "pipe:1"];
  const word = fc.string({ minLength: 1, unit: "grapheme" });
  fc.assert(
    fc.property(word, word, fc.stringMatching(/^[a-z0-9/._~-]{1,30}$/), (username, password, path) => {
      const concat = concatText({ url: `rtsp://camera.example/${path}`, username, password }, DIALECT);
      const sink = new Writable();
      expect(argumentsOf(streamCommand(BINARY, { concat, shape, sink, tapPath: null, decoder: "software" }))).toEqual(
        expected,
      );
    }),
  );
  expect(expected.join(" ")).not.toContain("rtsp://");
});

test("the live view is a copy of the stream to a socket, before the raw frames, in the same process", () => {
  const shape = { width: 640, height: 360, lookIntervalMs: 90 };
  const concat = concatText({ url: "rtsp://camera.example/s" }, DIALECT);
  const order = { concat, shape, sink: new Writable(), tapPath: "/run/limen/ts", decoder: "software" as const };
  const list = argumentsOf(streamCommand(BINARY, order));
  const tap = list.slice(inputOptions("software").length + 2, list.indexOf("unix:/run/limen/ts") + 1).join(" ");
  expect(tap).toBe(
    `-map 0:v:0 -an -sn -dn -c copy -bsf:v ${STEADY_COPY} -flush_packets 1 -f mpegts unix:/run/limen/ts`,
  );
  expect(list.slice(-outputOptions(shape, DIALECT).length - 1)).toEqual([...outputOptions(shape, DIALECT), "pipe:1"]);
});

test("frames are selected by time, scaled, and no thread holds one back", () => {
  const options = outputOptions({ width: 640, height: 360, lookIntervalMs: 90 }, DIALECT);
  expect(options).toContain(
    `${CLOCK_FILTERS},select='isnan(prev_selected_t)+gte(t-prev_selected_t\\,0.090)',mpdecimate=hi=768:lo=320:frac=0.33:max=5,scale=640:360`,
  );
  expect(options.join(" ")).toContain("-fps_mode passthrough");
  expect(options.join(" ")).toContain("-threads 1 -f rawvideo");
  expect(inputOptions("software").join(" ")).toContain("-threads 1 -flags low_delay -f concat");
});

test.each([
  [36, 14],
  [90, 5],
  [180, 2],
  [300, null],
  [900, null],
])("looked at every %d ms, at most %s still pictures in a row are dropped", (lookIntervalMs, dropped) => {
  const filters = outputOptions({ width: 640, height: 360, lookIntervalMs }, DIALECT).join(" ");
  if (dropped === null) expect(filters).not.toContain("mpdecimate");
  else expect(filters).toContain(`max=${dropped},scale=`);
});
