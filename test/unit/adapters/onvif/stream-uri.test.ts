import { describe, expect, it } from "vitest";
import { snapshotUrlAt, streamUrlAt } from "#adapters/onvif/stream-uri";

const HOST = "192.168.1.20";

describe("the address of a stream", () => {
  it.each([
    ["rtsp://192.168.1.20:554/sub", `rtsp://${HOST}:554/sub`],
    ["rtsp://10.9.9.9/a/b?channel=1&subtype=0", `rtsp://${HOST}/a/b?channel=1&subtype=0`],
    ["rtsp://admin:secret@10.9.9.9:8554/x", `rtsp://${HOST}:8554/x`],
    ["rtsp://a@b:c@evil.example:99/x", `rtsp://${HOST}:99/x`],
    ["RTSPS://[fe80::1]:322/x", `rtsps://${HOST}:322/x`],
    ["rtsp://0.0.0.0:554/", `rtsp://${HOST}:554/`],
    ["rtsp:///path", `rtsp://${HOST}/path`],
    ["  rtsp://x/y  ", `rtsp://${HOST}/y`],
    ["rtsp://x", `rtsp://${HOST}`],
  ])("%s becomes %s", (said, used) => {
    expect(streamUrlAt(HOST, said)).toBe(used);
  });

  it.each([
    "http://192.168.1.20/x",
    "file:///etc/passwd",
    "concat:/etc/passwd",
    "rtmp://x/y",
    "",
    "rtsp:/x",
    "rtsp://x/y z",
    "rtsp://x/\nfile '/etc/passwd'",
    "rtsp://x/\u0000",
    "rtsp://x/ö",
    "rtsp://x/y#z",
    "rtsp://x\\y/z",
    "rtsp://x:0/y",
    "rtsp://x:99999/y",
  ])("%j is not used", (said) => {
    expect(streamUrlAt(HOST, said)).toBeNull();
  });

  it("of a still picture is http or https", () => {
    expect(snapshotUrlAt(HOST, "http://10.0.0.1/snap?x=1")).toBe(`http://${HOST}/snap?x=1`);
    expect(snapshotUrlAt(HOST, "rtsp://10.0.0.1/snap")).toBeNull();
  });
});
