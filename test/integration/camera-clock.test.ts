import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { systemClock } from "#adapters/clock/system-clock";
import { type FfmpegBinary, locateFfmpeg } from "#adapters/ffmpeg/binary";
import { openFfmpegFrameSource } from "#adapters/ffmpeg/frame-source";
import { fixedAddress } from "#adapters/ffmpeg/stream-url";
import type { H264Clip } from "#demo/camera/annexb";
import { openSimulatedCamera } from "#demo/camera/simulated-camera";
import { createCameraEye } from "#flow/camera-eye";
import type { LiveVideo } from "#ports/live-video";
import { RecordingLogger, RecordingMetrics } from "../fakes/quiet.js";
import { makeTestClip } from "../fixtures/test-clip.js";
import { until } from "../fixtures/until.js";
import { watchCamera } from "../fixtures/watched-camera.js";

const account = { username: "gate", password: "p@ss:w/rd'#1?" };
const PATIENCE_MS = 40_000;
let directory: string;
let clip: H264Clip;
let binary: FfmpegBinary;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "limen-camera-clock-"));
  [clip, binary] = await Promise.all([makeTestClip(directory), locateFfmpeg()]);
});
afterAll(() => rm(directory, { recursive: true, force: true }));

/** A camera of the real ingest, and what its eye thinks of it. */
function openWatchedEye(url: string) {
  const tools = { camera: "front", clock: systemClock, logger: new RecordingLogger(), metrics: new RecordingMetrics() };
  const eye = createCameraEye(tools);
  const source = openFfmpegFrameSource({
    ...tools,
    address: fixedAddress({ ...account, url }),
    decoder: "software",
    tap: false,
    width: 160,
    height: 90,
    lookIntervalMs: 90,
    binary,
    random: Math.random,
    retry: { minMs: 300, maxMs: 1_000, authWaitsMs: [500] },
  });
  let frames = 0;
  const stop = new AbortController();
  const reading = (async () => {
    for await (const frame of source.frames(stop.signal)) {
      eye.see(frame);
      frames++;
    }
  })();
  return {
    eye,
    source,
    frames: () => frames,
    async more(count: number) {
      const goal = frames + count;
      await until(`${count} more frames`, () => frames >= goal, PATIENCE_MS);
    },
    said: () => tools.logger.lines.filter(({ fields }) => fields["sight"] !== undefined),
    async [Symbol.asyncDispose]() {
      stop.abort();
      await reading;
      await source[Symbol.asyncDispose]();
    },
  };
}

test("a camera whose timestamps run backwards opens no door for a while, and streams on", async () => {
  await using camera = await openSimulatedCamera({ ...account, clip, fps: 20 });
  await using view = openWatchedEye(camera.url);
  // Over the clip's end, where only the pictures begin again.
  await view.more(40);
  camera.faults.tsJump(-60);
  await until("the fault", () => view.eye.isDisarmed(), PATIENCE_MS);
  const sinceMs = performance.now();
  expect(view.eye.sight().state).toBe("clock_back");
  await view.more(40);
  await until("its end", () => !view.eye.isDisarmed(), PATIENCE_MS);
  expect(performance.now() - sinceMs).toBeGreaterThan(9_000);
  expect(view.source.health()).toMatchObject({ state: "streaming", restarts: 0 });
  expect(view.said().map(({ level, fields }) => [level, fields["sight"]])).toEqual([
    ["warn", "clock_back"],
    ["info", "ok"],
  ]);
});

test("neither a jump forward, nor half a second back, nor a new connection is a clock that runs backwards", async () => {
  await using camera = await openSimulatedCamera({ ...account, clip, fps: 20 });
  await using view = openWatchedEye(camera.url);
  await view.more(20);
  camera.faults.tsJump(-0.5);
  await view.more(20);
  camera.faults.tsJump(3_600);
  await view.more(20);
  camera.faults.drop();
  camera.faults.tsJump(-1_800);
  await until("the restart", () => view.source.health().restarts === 1, PATIENCE_MS);
  await view.more(20);
  expect(view.said()).toEqual([]);
});

/** Some seconds of the video, with what happens meanwhile. */
async function record(live: LiveVideo, meanwhile: () => Promise<void>): Promise<Buffer> {
  const stop = new AbortController();
  const acting = meanwhile().finally(() => stop.abort());
  const chunks: Uint8Array[] = [];
  for await (const chunk of live.watch(stop.signal)) chunks.push(chunk);
  await acting;
  return Buffer.concat(chunks);
}

/** When another ffmpeg would show each picture of a transport stream, s. */
async function shownAt(video: Buffer): Promise<number[]> {
  const child = spawn(
    binary.path,
    [
      "-v",
      "error",
      "-copyts",
      "-f",
      "mpegts",
      "-i",
      "pipe:0",
      "-map",
      "0:v",
      "-f",
      "framecrc",
      "-fps_mode",
      "passthrough",
    ].concat("-enc_time_base", "1:90000", "pipe:1"),
    { stdio: ["pipe", "pipe", "ignore"] },
  );
  let out = "";
  child.stdout.on("data", (chunk) => (out += chunk));
  child.stdin.on("error", () => undefined);
  child.stdin.end(video);
  await once(child, "close");
  return [...out.matchAll(/^0,\s*-?\d+,\s*(-?\d+),/gm)].map(([, pts]) => Number(pts) / 90_000);
}

test("the video of a camera whose clock jumps to and fro plays on without a jump", async () => {
  await using camera = await openSimulatedCamera({ ...account, clip, fps: 20 });
  await using view = watchCamera({ ...account, url: camera.url, binary, tap: true });
  const live = view.source.live;
  if (live === null) throw new Error("there is no live video");
  await until("frames", () => view.seen.length >= 10, PATIENCE_MS);
  const video = await record(live, async () => {
    for (const seconds of [3_600, -60, -3_600]) {
      await delay(1_000);
      camera.faults.tsJump(seconds);
    }
    await delay(1_500);
  });
  const times = await shownAt(video);
  const steps = times.slice(1).map((time, at) => time - (times[at] ?? Number.NaN));
  expect(times.length).toBeGreaterThan(60);
  expect(Math.min(...steps)).toBeGreaterThan(0);
  expect(Math.max(...steps)).toBeLessThan(5); // not an hour, not a minute
  expect(view.source.health()).toMatchObject({ state: "streaming", restarts: 0 });
});
