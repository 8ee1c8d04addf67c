import { execFileSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type FfmpegBinary, locateFfmpeg } from "#adapters/ffmpeg/binary";
import { selfSigned } from "../fixtures/certificate.js";
import { startGstCamera } from "../fixtures/gst-camera.js";
import { until } from "../fixtures/until.js";
import { watchCamera } from "../fixtures/watched-camera.js";

const account = { username: "limen", password: "p@ss:w/rd'#1?" };
const H265 =
  "( videotestsrc is-live=true pattern=ball ! video/x-raw,width=320,height=180,framerate=20/1,format=I420" +
  " ! x265enc tune=zerolatency speed-preset=ultrafast bitrate=300 key-int-max=10 ! h265parse" +
  " ! rtph265pay name=pay0 pt=96 config-interval=1 )";
const B_FRAMES =
  "( videotestsrc is-live=true pattern=ball ! video/x-raw,width=320,height=180,framerate=20/1,format=I420" +
  " ! x264enc bframes=2 b-adapt=false speed-preset=veryfast rc-lookahead=5 bitrate=300 key-int-max=20" +
  " ! video/x-h264,profile=main ! rtph264pay name=pay0 pt=96 config-interval=1 )";
let directory: string;
let binary: FfmpegBinary;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "limen-camera-kinds-"));
  binary = await locateFfmpeg();
});
afterAll(() => rm(directory, { recursive: true, force: true }));

/** Which of these parts of GStreamer this machine lacks. */
function missingElements(...names: string[]): string[] {
  const script = [
    "import gi, sys",
    "gi.require_version('Gst', '1.0')",
    "from gi.repository import Gst",
    "Gst.init(None)",
    "print(' '.join(n for n in sys.argv[1:] if Gst.ElementFactory.find(n) is None))",
  ].join("\n");
  const answer = execFileSync("/usr/bin/python3", ["-c", script, ...names], { encoding: "utf8", timeout: 60_000 });
  return answer.split(/\s+/).filter((name) => name !== "");
}

test("an H.265 camera is seen, and its own stream can be watched as it is", async ({ skip }) => {
  const missing = missingElements("x265enc", "h265parse", "rtph265pay");
  if (missing.length > 0) {
    const why = `GStreamer has no ${missing.join(", ")} here (Debian: gstreamer1.0-plugins-bad)`;
    process.stdout.write(`skipped: ${why}\n`);
    skip(why);
  }
  await using camera = await startGstCamera({ launch: H265 });
  await using view = watchCamera({ url: camera.url, binary, tap: true });
  await until("frames", () => view.seen.length >= 10, 40_000);
  expect(view.source.health()).toMatchObject({ state: "streaming", restarts: 0 });
  // The programme map names stream type 0x24, H.265 (ISO/IEC 13818-1 table 2-34).
  const stop = new AbortController();
  const types = new Set<number>();
  for await (const chunk of view.source.live?.watch(stop.signal) ?? []) {
    for (const type of streamTypes(chunk)) types.add(type);
    if (types.size > 0) stop.abort();
  }
  expect([...types]).toEqual([0x24]);
});

test("a camera that sends pictures out of their order is seen and can be watched, and its clock runs forward", async () => {
  await using camera = await startGstCamera({ launch: B_FRAMES });
  await using view = watchCamera({ url: camera.url, binary, tap: true });
  await until("frames", () => view.seen.length >= 30, 40_000);
  expect(view.source.health()).toMatchObject({ state: "streaming", restarts: 0 });
  expect(view.source.live?.pictures).toBeGreaterThan(30);
  expect(view.seen.filter(({ clockBackAtMs }) => clockBackAtMs !== null)).toEqual([]);
});

test("a camera that speaks TLS is seen, and asked for the password inside", async () => {
  const { cert, key } = selfSigned("127.0.0.1");
  const [certificate, keyFile] = [join(directory, "camera.pem"), join(directory, "camera.key")];
  await writeFile(certificate, cert);
  await writeFile(keyFile, key);
  await using camera = await startGstCamera({
    certificate,
    key: keyFile,
    user: account.username,
    password: account.password,
  });
  expect(camera.url).toMatch(/^rtsps:/);
  {
    await using view = watchCamera({ ...account, url: camera.url, binary });
    await until("frames", () => view.seen.length >= 10, 40_000);
    expect(view.source.health()).toMatchObject({ state: "streaming", restarts: 0 });
  }
  await using stranger = watchCamera({ ...account, password: "wrong", url: camera.url, binary });
  await until("the refusal", () => stranger.source.health().code === "LIMEN_CAMERA_AUTH", 40_000);
  await using plain = watchCamera({ ...account, url: camera.url.replace("rtsps:", "rtsp:"), binary });
  await until("a failure without TLS", () => plain.source.health().code !== null, 40_000);
  expect(plain.seen).toEqual([]);
});

/** Stream types of the programme maps in whole transport packets of a one-programme stream as ffmpeg writes it. */
function streamTypes(packets: Uint8Array): number[] {
  const types: number[] = [];
  for (let at = 0; at < packets.length; at += 188) {
    const packet = Buffer.from(packets.subarray(at, at + 188));
    const isPmt = (packet.readUInt16BE(1) & 0x5fff) === (0x4000 | 0x1000); // payload starts, PID 0x1000
    // Header 4, pointer 1, then table id 0x02; its first stream stands 12 bytes on, after the programme's own descriptors.
    if (isPmt && packet[5] === 0x02) types.push(packet.readUInt8(17 + (packet.readUInt16BE(15) & 0xfff)));
  }
  return types;
}
