import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { dialectOf } from "#adapters/ffmpeg/dialect";
import { checkStreamUrl, concatText, secretsOf } from "#adapters/ffmpeg/stream-url";

const DIALECT = dialectOf(5);
const fileLine = (text: string) => /^file '([^']*)'$/m.exec(text)?.[1] ?? "";

describe("a camera's address", () => {
  test.each([
    "rtsp://192.0.2.10/stream",
    "rtsp://192.0.2.10:8554/stream2?channel=1&subtype=1",
    "rtsps://camera.example:322/a/b",
    "rtsp://[2001:db8::1]:554/live",
  ])("%s is taken as it is", (url) => {
    expect(checkStreamUrl(url)).toBe(url);
  });

  test.each([
    ["http://192.0.2.10/stream", "rtsp://"],
    ["file:///etc/passwd", "rtsp://"],
    ["not a url", "not a URL"],
    ["rtsp:///stream", "no host"],
    ["rtsp://user:secret@192.0.2.10/stream", "user name or password"],
    ["rtsp://192.0.2.10/a#b", "fragment"],
    ["rtsp://192.0.2.10/a\noption timeout 0", "control character"],
    ["rtsp://192.0.2.10/a\tb", "control character"],
  ])("%j is refused without being quoted", (url, why) => {
    expect(() => checkStreamUrl(url)).toThrow(why);
    expect(() => checkStreamUrl(url)).toThrow(expect.objectContaining({ code: "LIMEN_CONFIG_INVALID" }));
    expect(() => checkStreamUrl(url)).not.toThrow("secret");
  });

  test("has its quotes and backslashes percent-encoded", () => {
    expect(checkStreamUrl("rtsp://192.0.2.10/it's\\x")).toBe("rtsp://192.0.2.10/it%27s%5Cx");
  });
});

describe("the ffconcat text", () => {
  test.each([
    ["camera", "option fpsprobesize 12"],
    ["arrival", "option use_wallclock_as_timestamps 1"],
  ] as const)("asks for TCP, video only, a timeout and the times of the %s", (times, option) => {
    expect(concatText({ url: "rtsp://192.0.2.10/stream" }, DIALECT, times).split("\n")).toEqual([
      "ffconcat version 1.0",
      "file 'rtsp://192.0.2.10/stream'",
      "option rtsp_transport tcp",
      "option allowed_media_types video",
      "option timeout 5000000",
      option,
      "",
    ]);
  });

  test("percent-encodes the credentials", () => {
    const text = concatText({ url: "rtsp://192.0.2.10/s", username: "a b", password: "p@ss:w/rd'#1?" }, DIALECT);
    expect(fileLine(text)).toBe("rtsp://a%20b:p%40ss%3Aw%2Frd%27%231%3F@192.0.2.10/s");
  });

  test("holds one file of the right host whatever the credentials are", () => {
    fc.assert(
      fc.property(fc.string(), fc.string({ unit: "binary" }), (username, password) => {
        const text = concatText({ url: "rtsp://192.0.2.10:554/s", username, password }, DIALECT);
        expect(text.split("\n")).toHaveLength(7);
        const url = new URL(fileLine(text));
        expect([url.host, url.pathname]).toEqual(["192.0.2.10:554", "/s"]);
        expect([decodeURIComponent(url.username), decodeURIComponent(url.password)]).toEqual([username, password]);
      }),
    );
  });

  test("is one line a directive whatever the path is", () => {
    fc.assert(
      fc.property(fc.string(), (path) => {
        let text: string;
        try {
          text = concatText({ url: `rtsp://192.0.2.10/${path}`, username: "u", password: "p" }, DIALECT);
        } catch (error) {
          expect(error).toMatchObject({ code: "LIMEN_CONFIG_INVALID" });
          return;
        }
        expect(text.split("\n")).toHaveLength(7);
        expect(text).toMatch(/^file 'rtsp:\/\/u:p@192\.0\.2\.10\/[^'\\\n]*'$/m);
      }),
    );
  });

  test("refuses a password that is no text at all, without quoting it", () => {
    const attempt = () => concatText({ url: "rtsp://192.0.2.10/s", username: "u", password: "x\ud800y" }, DIALECT);
    expect(attempt).toThrow(expect.objectContaining({ code: "LIMEN_CONFIG_INVALID" }));
  });
});

test("the secrets of an address are the password and its percent-encoded form", () => {
  expect(secretsOf({ url: "rtsp://192.0.2.10/s", username: "u", password: "p@" })).toEqual(["p@", "p%40"]);
  expect(secretsOf({ url: "rtsp://192.0.2.10/s" })).toEqual([]);
});
