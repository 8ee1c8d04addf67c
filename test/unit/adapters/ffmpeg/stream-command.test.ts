import { Writable } from "node:stream";
import fc from "fast-check";
import { expect, test } from "vitest";
import { INPUT_OPTIONS, outputOptions, streamCommand } from "#adapters/ffmpeg/stream-command";
import { concatText } from "#adapters/ffmpeg/stream-url";

const BINARY = { path: "/usr/bin/ffmpeg", major: 5, version: "5.1" };

/** The arguments fluent-ffmpeg will start the process with. */
function argumentsOf(command: object): string[] {
  const get: unknown = Reflect.get(command, "_getArguments");
  const list: unknown = typeof get === "function" ? Reflect.apply(get, command, []) : [];
  return Array.isArray(list) ? list.map(String) : [];
}

test("the arguments are the same for every camera and never hold a credential or an address", () => {
  const shape = { width: 640, height: 360, lookIntervalMs: 90 };
  const expected = [...INPUT_OPTIONS, "-i", "pipe:0", ...outputOptions(shape), "pipe:1"];
  const word = fc.string({ minLength: 1, unit: "grapheme" });
  fc.assert(
    fc.property(word, word, fc.stringMatching(/^[a-z0-9/._~-]{1,30}$/), (username, password, path) => {
      const concat = concatText({ url: `rtsp://camera.example/${path}`, username, password });
      const sink = new Writable();
      expect(argumentsOf(streamCommand(BINARY, { concat, shape, sink, tapPath: null }))).toEqual(expected);
    }),
  );
  expect(expected.join(" ")).not.toContain("rtsp://");
});

test("the live view is a copy of the stream to a socket, before the raw frames, in the same process", () => {
  const shape = { width: 640, height: 360, lookIntervalMs: 90 };
  const concat = concatText({ url: "rtsp://camera.example/s" });
  const order = { concat, shape, sink: new Writable(), tapPath: "/run/limen/ts" };
  const list = argumentsOf(streamCommand(BINARY, order));
  const tap = list.slice(INPUT_OPTIONS.length + 2, list.indexOf("unix:/run/limen/ts") + 1).join(" ");
  expect(tap).toBe("-map 0:v:0 -an -sn -dn -c copy -flush_packets 1 -f mpegts unix:/run/limen/ts");
  expect(list.slice(-outputOptions(shape).length - 1)).toEqual([...outputOptions(shape), "pipe:1"]);
});

test("frames are selected by time, scaled, and no thread holds one back", () => {
  const options = outputOptions({ width: 640, height: 360, lookIntervalMs: 95.5 });
  expect(options).toContain(
    "select='isnan(prev_selected_t)+gte(t-prev_selected_t\\,0.096)',mpdecimate=hi=768:lo=320:frac=0.33:max=5,scale=640:360",
  );
  expect(options.join(" ")).toContain("-fps_mode passthrough");
  expect(options.join(" ")).toContain("-threads 1 -f rawvideo");
  expect(INPUT_OPTIONS.join(" ")).toContain("-threads 1 -flags low_delay -f concat");
});
