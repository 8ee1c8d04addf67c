import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, statSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { systemClock } from "#adapters/clock/system-clock";
import { type FfmpegBinary, locateFfmpeg } from "#adapters/ffmpeg/binary";
import { openFfmpegFrameSource } from "#adapters/ffmpeg/frame-source";
import { fixedAddress } from "#adapters/ffmpeg/stream-url";
import { countPictures } from "#adapters/ffmpeg/ts-packets";
import type { H264Clip } from "#demo/camera/annexb";
import { openSimulatedCamera } from "#demo/camera/simulated-camera";
import type { LiveVideo } from "#ports/live-video";
import { RecordingLogger, RecordingMetrics } from "../fakes/quiet.js";
import { makeTestClip } from "../fixtures/test-clip.js";
import { until } from "../fixtures/until.js";
import { watchCamera } from "../fixtures/watched-camera.js";

const account = { username: "gate", password: "p@ss:w/rd'#1?" };
let directory: string;
let clip: H264Clip;
let binary: FfmpegBinary;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "limen-live-video-"));
  process.env["TMPDIR"] = directory; // sockets are counted here: other test files make theirs elsewhere
  [clip, binary] = await Promise.all([makeTestClip(directory), locateFfmpeg()]);
});
afterAll(() => rm(directory, { recursive: true, force: true }));

/** The next `count` bytes and more of the video, as one piece. */
async function record(live: LiveVideo, count: number): Promise<Buffer> {
  const stop = new AbortController();
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of live.watch(stop.signal)) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes >= count) stop.abort();
  }
  return Buffer.concat(chunks);
}

/** How many pictures another ffmpeg finds in a transport stream, and of what size. */
async function decoded(video: Buffer): Promise<{ pictures: number; size: string }> {
  const child = spawn(
    binary.path,
    ["-v", "info", "-f", "mpegts", "-i", "pipe:0", "-map", "0:v", "-f", "framecrc", "pipe:1"],
    { stdio: "pipe" },
  );
  let out = "";
  let words = "";
  child.stdout.on("data", (chunk) => (out += chunk));
  child.stderr.on("data", (chunk) => (words += chunk));
  child.stdin.on("error", () => undefined);
  child.stdin.end(video);
  await once(child, "close");
  return {
    pictures: out.split("\n").filter((line) => /^0,/.test(line)).length,
    size: /Video: h264.*? (\d{2,}x\d{2,})/.exec(words)?.[1] ?? words,
  };
}

const socketFolders = () => readdirSync(tmpdir()).filter((name) => name.startsWith("limen-video-"));

test("the camera's own stream can be watched beside the frames, from one connection, and begins with the past", async () => {
  const before = socketFolders();
  await using camera = await openSimulatedCamera({ ...account, clip, fps: 20 });
  {
    await using view = watchCamera({ ...account, url: camera.url, binary, tap: true });
    const live = view.source.live;
    if (live === null) throw new Error("there is no live video");
    await until("20 frames", () => view.seen.length >= 20, 30_000);
    const made = socketFolders().filter((name) => !before.includes(name));
    expect(made).toHaveLength(1);
    expect(statSync(join(tmpdir(), made[0] ?? "")).mode & 0o777).toBe(0o700);
    expect(camera.clients).toBe(1);

    const goneBy = live.bytes;
    const video = await record(live, goneBy); // less than eight seconds: all of it is still there
    expect(video.length).toBeGreaterThanOrEqual(goneBy);
    expect(video.length % 188).toBe(0);
    expect(video[0]).toBe(0x47);
    const { pictures, size } = await decoded(video);
    expect(size).toBe("320x180"); // as it was sent, not as it is searched
    expect(pictures).toBeGreaterThan(12);
    // One more than is decoded when the recording ends within a picture; the first may lack its beginning.
    expect(Math.abs(countPictures(video) - pictures)).toBeLessThanOrEqual(2);
    expect(live.pictures).toBeGreaterThanOrEqual(countPictures(video));
  }
  expect(socketFolders()).toEqual(before);
});

test("a viewer stays through a restart of the camera, and a viewer who takes nothing holds nobody up", async () => {
  await using camera = await openSimulatedCamera({ ...account, clip, fps: 20 });
  await using view = watchCamera({ ...account, url: camera.url, binary, tap: true });
  const live = view.source.live;
  if (live === null) throw new Error("there is no live video");
  await until("frames", () => view.seen.length >= 3, 30_000);
  const stop = new AbortController();
  const idle = live.watch(stop.signal)[Symbol.asyncIterator]();
  await idle.next();

  const wanted = live.bytes + 90_000;
  const recording = record(live, wanted);
  await delay(500);
  camera.faults.drop();
  await until("the restart", () => view.source.health().restarts === 1, 30_000);
  const seenBefore = view.seen.length;
  await until("frames again", () => view.seen.length >= seenBefore + 10, 30_000);
  const { pictures } = await decoded(await recording);
  expect(pictures).toBeGreaterThan(30);
  stop.abort();
});

test("a camera that crawls shows in the pictures it sends", async () => {
  await using camera = await openSimulatedCamera({ ...account, clip, fps: 20 });
  await using view = watchCamera({ ...account, url: camera.url, binary, tap: true });
  await until("frames", () => view.seen.length >= 3, 30_000);
  const perSecond = async () => {
    const before = view.source.live?.pictures ?? 0;
    const sinceMs = performance.now();
    await delay(1_200);
    return ((view.source.live?.pictures ?? 0) - before) / ((performance.now() - sinceMs) / 1_000);
  };
  const usual = await perSecond();
  camera.faults.slow(0.2);
  await delay(300);
  const slow = await perSecond();
  expect(usual).toBeGreaterThan(3 * slow);
  expect(slow).toBeGreaterThan(0);
});

test("a source that is disposed of takes its socket along, also from a reader who never came back", async () => {
  const before = socketFolders();
  await using camera = await openSimulatedCamera({ ...account, clip, fps: 20 });
  const source = openFfmpegFrameSource({
    camera: "abandoned",
    address: fixedAddress({ ...account, url: camera.url }),
    decoder: "software",
    tap: true,
    width: 160,
    height: 90,
    lookIntervalMs: 90,
    binary,
    clock: systemClock,
    random: Math.random,
    logger: new RecordingLogger(),
    metrics: new RecordingMetrics(),
  });
  await source.frames(new AbortController().signal)[Symbol.asyncIterator]().next();
  expect(socketFolders().length).toBe(before.length + 1);
  await source[Symbol.asyncDispose]();
  expect(socketFolders()).toEqual(before);
});

test("without the tap there is no live video and no socket", async () => {
  const before = socketFolders();
  await using camera = await openSimulatedCamera({ ...account, clip, fps: 20 });
  await using view = watchCamera({ ...account, url: camera.url, binary });
  await until("frames", () => view.seen.length >= 3, 30_000);
  expect(view.source.live).toBeNull();
  expect(socketFolders()).toEqual(before);
});

test("where no socket can be made the door still sees, and it is said once", async () => {
  await using camera = await openSimulatedCamera({ ...account, clip, fps: 20 });
  const before = process.env["TMPDIR"];
  process.env["TMPDIR"] = join(directory, "no-such-folder");
  try {
    await using view = watchCamera({ ...account, url: camera.url, binary, tap: true });
    await until("frames", () => view.seen.length >= 3, 30_000);
    camera.faults.drop();
    await until("the restart", () => view.source.health().restarts === 1, 30_000);
    const seenBefore = view.seen.length;
    await until("frames again", () => view.seen.length >= seenBefore + 3, 30_000);
    expect(view.said().filter(({ message }) => message.startsWith("No live picture"))).toHaveLength(1);
    expect(view.source.live?.bytes).toBe(0);
  } finally {
    if (before === undefined) delete process.env["TMPDIR"];
    else process.env["TMPDIR"] = before;
  }
});
