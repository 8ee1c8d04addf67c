import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { systemClock } from "#adapters/clock/system-clock";
import { type FfmpegBinary, locateFfmpeg } from "#adapters/ffmpeg/binary";
import { type FfmpegFrameSourceOptions, openFfmpegFrameSource } from "#adapters/ffmpeg/frame-source";
import { runFfmpeg } from "#adapters/ffmpeg/one-shot";
import { fixedAddress, type StreamAddress } from "#adapters/ffmpeg/stream-url";
import type { Frame, FrameSource } from "#ports/frame-source";
import { RecordingLogger, RecordingMetrics } from "../fakes/quiet.js";
import { childProcesses, isAlive } from "../fixtures/child-processes.js";
import { startGstCamera } from "../fixtures/gst-camera.js";
import { until } from "../fixtures/until.js";

const PASSWORD = "p@ss:w/rd'#1?";
let binary: FfmpegBinary;
let open: { stop: AbortController; done: Promise<void> }[] = [];

beforeAll(async () => {
  binary = await locateFfmpeg();
});

afterEach(async () => {
  const left = open;
  open = [];
  for (const { stop } of left) stop.abort();
  await Promise.all(left.map(({ done }) => done));
});

/** Opens a camera with short waits and reads it in the background, keeping every frame's numbers (not its pixels). */
function watch(
  { url, username, password, ...options }: Partial<FfmpegFrameSourceOptions> & StreamAddress,
  onFrame: (frame: Frame) => void = () => {},
) {
  const logger = new RecordingLogger();
  const metrics = new RecordingMetrics();
  const source = openFfmpegFrameSource({
    camera: "entrance",
    address: fixedAddress({ url, ...(username && { username }), ...(password && { password }) }),
    decoder: "software",
    tap: false,
    width: 320,
    height: 180,
    lookIntervalMs: 90,
    firstFrameMs: 10_000,
    stallMs: 1_500,
    killAfterMs: 1_000,
    retry: { minMs: 200, maxMs: 1_000, authWaitsMs: [1_000] },
    binary,
    clock: systemClock,
    random: () => 0.9,
    logger,
    metrics,
    ...options,
  });
  const seen: Omit<Frame, "rgb">[] = [];
  const sizes = new Set<number>();
  const stop = new AbortController();
  const done = read(source, stop.signal, (frame) => {
    const { rgb, ...rest } = frame;
    sizes.add(rgb.length);
    seen.push(rest);
    onFrame(frame);
  });
  open.push({ stop, done });
  const loud = () => logger.lines.filter(({ level }) => level === "warn" || level === "error");
  return { source, logger, metrics, seen, sizes, stop, done, loud };
}

async function read(source: FrameSource, signal: AbortSignal, onFrame: (frame: Frame) => void): Promise<void> {
  for await (const frame of source.frames(signal)) onFrame(frame);
}

const ffmpegs = () => childProcesses().filter(({ startedWith }) => startedWith.startsWith(binary.path));

describe("a camera that works", () => {
  test("gives frames of the right size, in order, at rising times", async () => {
    await using camera = await startGstCamera();
    const view = watch({ url: camera.url });
    await until("20 frames", () => view.seen.length >= 20, 20_000);
    expect([...view.sizes]).toEqual([320 * 180 * 3]);
    for (const frame of view.seen) expect(frame).toMatchObject({ camera: "entrance", width: 320, height: 180 });
    for (const [index, frame] of view.seen.entries()) {
      const before = view.seen[index - 1];
      if (before === undefined) continue;
      expect(frame.sequence).toBeGreaterThan(before.sequence);
      expect(frame.capturedAtMs).toBeGreaterThan(before.capturedAtMs);
    }
    expect(view.source.health()).toMatchObject({ state: "streaming", code: null, restarts: 0 });
    expect(view.metrics.of("limen_frames_total")).toBeGreaterThanOrEqual(20);
    expect(view.loud()).toEqual([]);
  });

  test("writes over no frame that is held, and whoever holds one they gave back sees nothing", async () => {
    await using camera = await startGstCamera();
    const { source, stop, seen } = watch({ url: camera.url }, (frame) => {
      if (frame.sequence % 3 === 0) held.push({ frame, bytes: Buffer.from(frame.rgb) });
      else {
        source.giveBack(frame);
        back.push(frame);
      }
    });
    const held: { frame: Frame; bytes: Buffer }[] = [];
    const back: Frame[] = [];
    await until("30 frames", () => seen.length >= 30, 20_000);
    stop.abort();
    expect(Math.min(held.length, back.length)).toBeGreaterThan(0);
    expect(back.every(({ rgb }) => rgb.length === 0)).toBe(true);
    for (const { frame, bytes } of held) expect(bytes.equals(frame.rgb)).toBe(true);
    // The pictures are not all the same, or this test could not fail.
    expect(new Set(held.map(({ bytes }) => bytes.toString("latin1"))).size).toBeGreaterThan(1);
  });

  test("gives at most one frame a look interval", async () => {
    await using camera = await startGstCamera();
    const view = watch({ url: camera.url, lookIntervalMs: 490 });
    await until("6 frames", () => view.seen.length >= 6, 20_000);
    const first = view.seen[0]?.capturedAtMs ?? 0;
    const last = view.seen[5]?.capturedAtMs ?? 0;
    expect(last - first).toBeGreaterThan(5 * 490 * 0.9);
    expect(view.metrics.of("limen_frames_stale_total")).toBeGreaterThan(0); // the old ones ffmpeg had hoarded at the start
  });

  test("is opened with a password that shows in no argument, no environment, no log line", async () => {
    await using camera = await startGstCamera({ user: "limen", password: PASSWORD });
    const view = watch({ url: camera.url, username: "limen", password: PASSWORD });
    await until("a frame", () => view.seen.length > 0, 20_000);
    const children = ffmpegs();
    expect(children).toHaveLength(1);
    for (const form of [PASSWORD, encodeURIComponent(PASSWORD), "p%40ss"]) {
      expect(children[0]?.startedWith).not.toContain(form);
      expect(JSON.stringify(view.logger.lines)).not.toContain(form);
    }
  });

  test("that plays a file goes on past the file's end", async () => {
    const directory = await mkdtemp(join(tmpdir(), "limen-clip-"));
    const file = join(directory, "clip.mp4");
    await runFfmpeg(
      binary,
      (command) =>
        command
          .complexFilter("testsrc2=duration=2:size=320x180:rate=20")
          .videoCodec("libx264")
          .outputOptions(["-bf", "0", "-g", "20", "-pix_fmt", "yuv420p"])
          .output(file),
      { timeoutMs: 20_000 },
    );
    await using camera = await startGstCamera({ file });
    const view = watch({ url: camera.url });
    await until("frames for longer than the file", () => view.seen.length >= 50, 25_000);
    expect(view.source.health().restarts).toBe(0);
    await rm(directory, { recursive: true });
  });
});

describe("a camera that cannot be opened", () => {
  const cases = [
    { name: "refuses the password", code: "LIMEN_CAMERA_AUTH", path: "/stream", password: "not-the-password" },
    { name: "has no such path", code: "LIMEN_CAMERA_NOT_FOUND", path: "/nowhere", password: PASSWORD },
  ] as const;
  test.each(cases)("because it $name is down with $code, said once", async ({ code, path, password }) => {
    await using camera = await startGstCamera({ user: "limen", password: PASSWORD });
    const url = `rtsp://127.0.0.1:${camera.port}${path}`;
    const view = watch({ url, username: "limen", password });
    await until("two failures", () => view.source.health().restarts >= 1, 20_000);
    await until("the second failure", () => view.source.health().state === "down", 20_000);
    expect(view.source.health()).toMatchObject({ code, lastFrameAtMs: null });
    expect(view.loud().map(({ fields }) => fields["code"])).toEqual([code]);
    expect(JSON.stringify(view.logger.lines)).not.toContain(password);
    expect(view.seen).toEqual([]);
  });

  test("because nothing listens is unreachable", async () => {
    const camera = await startGstCamera();
    await camera.stop();
    const view = watch({ url: camera.url });
    await until("a failure", () => view.source.health().code !== null, 20_000);
    expect(view.source.health()).toMatchObject({ state: "down", code: "LIMEN_CAMERA_UNREACHABLE" });
  });

  test("because it accepts and says nothing is silent, and its ffmpeg is not left behind", async () => {
    const mute = createServer((socket) => socket.on("error", () => undefined)).listen(0, "127.0.0.1");
    await until("the listener", () => mute.listening, 5_000);
    const address = mute.address();
    const port = typeof address === "object" ? address?.port : undefined;
    const view = watch({ url: `rtsp://127.0.0.1:${port}/stream`, firstFrameMs: 1_500 });
    await until("a failure", () => view.source.health().code !== null, 20_000);
    expect(view.source.health()).toMatchObject({ state: "down", code: "LIMEN_CAMERA_SILENT" });
    view.stop.abort();
    await view.done;
    expect(ffmpegs()).toEqual([]);
    mute.close();
  });
});

describe("a camera that fails while it streams", () => {
  test("is down when it dies and heals by itself when it is back, with one line for each", async () => {
    const first = await startGstCamera();
    const view = watch({ url: first.url });
    await until("frames", () => view.seen.length >= 5, 20_000);
    await first.stop();
    await until("the outage", () => view.source.health().state === "down", 20_000);
    expect(view.source.health().code).toBe("LIMEN_CAMERA_ENDED");
    await until("a failed restart", () => view.source.health().code === "LIMEN_CAMERA_UNREACHABLE", 20_000);

    await using second = await startGstCamera({ port: first.port });
    expect(second.url).toBe(first.url);
    const before = view.seen.length;
    await until("frames again", () => view.seen.length >= before + 5, 30_000);
    expect(view.source.health()).toMatchObject({ state: "streaming", code: null });
    expect(view.metrics.of("limen_camera_restarts_total")).toBe(view.source.health().restarts);
    expect(view.loud()).toHaveLength(1);
    expect(view.logger.lines.filter(({ message }) => message.includes("back"))).toHaveLength(1);
  });

  test("a stalled camera is restarted and streams again once it has thawed", async () => {
    await using camera = await startGstCamera();
    const view = watch({ url: camera.url, firstFrameMs: 6_000 });
    await until("frames", () => view.seen.length >= 5, 20_000);
    camera.signal("SIGSTOP");
    await until("the stall", () => view.source.health().state === "down", 20_000);
    expect(view.source.health().code).toBe("LIMEN_CAMERA_STALLED");
    camera.signal("SIGCONT");
    const before = view.seen.length;
    await until("frames again", () => view.seen.length >= before + 5, 40_000);
    expect(view.source.health().restarts).toBeGreaterThanOrEqual(1);
  });
});

describe("the reader", () => {
  test("who is slow gets the newest frame, not the next", async () => {
    await using camera = await startGstCamera();
    const metrics = new RecordingMetrics();
    const ages: number[] = [];
    const sequences: number[] = [];
    const source = openFfmpegFrameSource({
      camera: "slow",
      address: fixedAddress({ url: camera.url }),
      decoder: "software",
      tap: false,
      width: 320,
      height: 180,
      lookIntervalMs: 90,
      binary,
      clock: systemClock,
      random: () => 0.5,
      logger: new RecordingLogger(),
      metrics,
    });
    for await (const frame of source.frames(new AbortController().signal)) {
      ages.push(systemClock.monotonicMs() - frame.capturedAtMs);
      sequences.push(frame.sequence);
      if (sequences.length === 4) break;
      await delay(1_200);
    }
    for (const age of ages) expect(age).toBeLessThan(700);
    expect((sequences[3] ?? 0) - (sequences[0] ?? 0)).toBeGreaterThan(12);
    expect(metrics.of("limen_frames_skipped_total")).toBeGreaterThan(6);
  });

  test("who comes second is refused", async () => {
    const view = watch({ url: "rtsp://127.0.0.1:9/stream" });
    const second = read(view.source, new AbortController().signal, () => undefined);
    await expect(second).rejects.toMatchObject({ code: "LIMEN_INTERNAL" });
  });

  test("who aborts finds the iteration over and the process gone", async () => {
    await using camera = await startGstCamera();
    const view = watch({ url: camera.url });
    await until("a frame", () => view.seen.length > 0, 20_000);
    const pids = ffmpegs().map(({ pid }) => pid);
    expect(pids).toHaveLength(1);
    const startedAtMs = Date.now();
    view.stop.abort();
    await view.done;
    expect(Date.now() - startedAtMs).toBeLessThan(5_000);
    expect(pids.filter(isAlive)).toEqual([]);
  });

  test("who disposes of the source ends the iteration and the process too", async () => {
    await using camera = await startGstCamera();
    const view = watch({ url: camera.url });
    await until("a frame", () => view.seen.length > 0, 20_000);
    await view.source[Symbol.asyncDispose]();
    await view.source[Symbol.asyncDispose]();
    await view.done;
    expect(ffmpegs()).toEqual([]);
  });
});

test("an ffmpeg that has vanished is a camera that is down, not a crash", async () => {
  const view = watch({
    url: "rtsp://127.0.0.1:9/stream",
    binary: { path: "/nonexistent/ffmpeg", major: 5, version: "" },
  });
  await until("two failures", () => view.source.health().restarts >= 1, 10_000);
  expect(view.source.health().code).toBe("LIMEN_FFMPEG_FAILED");
});

test("an ffmpeg that ignores SIGTERM is killed, and what it says after the decision is dropped", async () => {
  const directory = await mkdtemp(join(tmpdir(), "limen-stubborn-"));
  const path = join(directory, "ffmpeg");
  const script = `#!/bin/sh
case "$*" in *-formats*) printf ' D  concat x\\n DE rawvideo x\\n'; exit 0;; *-encoders*) exit 0;; esac
trap 'head -c 172800 /dev/zero' TERM
while :; do sleep 0.1; done
`;
  await writeFile(path, script);
  await chmod(path, 0o755);
  const view = watch({
    url: "rtsp://127.0.0.1:9/stream",
    firstFrameMs: 500,
    killAfterMs: 700,
    binary: { path, major: 5, version: "stubborn" },
  });
  const stubborn = () => childProcesses().filter(({ startedWith }) => startedWith.includes(path));
  await until("it runs", () => stubborn().length === 1, 10_000);
  const pid = stubborn()[0]?.pid ?? 0;
  await until("its end", () => !isAlive(pid), 10_000);
  await until("the verdict", () => view.source.health().code !== null, 10_000);
  expect(view.source.health()).toMatchObject({ code: "LIMEN_CAMERA_SILENT", lastFrameAtMs: null });
  view.stop.abort();
  await view.done;
  expect(view.metrics.of("limen_frames_total")).toBe(0);
  expect(stubborn()).toEqual([]);
  await rm(directory, { recursive: true });
});
