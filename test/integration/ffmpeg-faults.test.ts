import { existsSync } from "node:fs";
import { chmod, mkdtemp, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { type FfmpegBinary, locateFfmpeg } from "#adapters/ffmpeg/binary";
import type { FfmpegFrameSourceOptions } from "#adapters/ffmpeg/frame-source";
import type { H264Clip } from "#demo/camera/annexb";
import { openSimulatedCamera, type SimulatedCamera } from "#demo/camera/simulated-camera";
import { childProcesses } from "../fixtures/child-processes.js";
import { runRestarts } from "../fixtures/restart-run.js";
import { makeTestClip } from "../fixtures/test-clip.js";
import { until } from "../fixtures/until.js";
import { type WatchedCamera, watchCamera } from "../fixtures/watched-camera.js";

const account = { username: "gate", password: "p@ss:w/rd'#1?" };
const PATIENCE_MS = 40_000;
let directory: string;
let clip: H264Clip;
let binary: FfmpegBinary;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "limen-ffmpeg-faults-"));
  [clip, binary] = await Promise.all([makeTestClip(directory), locateFfmpeg()]);
});
afterAll(() => rm(directory, { recursive: true, force: true }));
afterEach(() => expect(ffmpegs()).toEqual([]));

const ffmpegs = () => childProcesses().filter(({ startedWith }) => startedWith.includes("ffmpeg"));

function watch(camera: SimulatedCamera, options: Partial<FfmpegFrameSourceOptions> = {}): WatchedCamera {
  const retry = { minMs: 300, maxMs: 1_000, authWaitsMs: [500, 1_000] };
  return watchCamera({ ...account, url: camera.url, binary, tap: true, retry, ...options });
}

async function more(view: WatchedCamera, count: number): Promise<void> {
  const goal = view.seen.length + count;
  await until(`${count} more frames`, () => view.seen.length >= goal, PATIENCE_MS);
}

test("25 restarts leave no child and no file descriptor behind", async () => {
  const run = await runRestarts(25, binary, clip);
  expect(run.restarts).toBeGreaterThanOrEqual(25);
  expect(run.frames).toBeGreaterThan(0);
  expect([run.early.children, run.late.children, run.closed.children]).toEqual([1, 1, 0]);
  expect(run.late.files).toBe(run.early.files);
}, 120_000);

test("an ffmpeg that hangs, deaf to SIGTERM, is killed and replaced", async () => {
  await using camera = await openSimulatedCamera({ ...account, clip, fps: 20 });
  await using view = watch(camera);
  await more(view, 5);
  const pid = ffmpegs()[0]?.pid ?? 0;
  process.kill(pid, "SIGSTOP"); // SIGTERM waits as long as it is stopped
  await until("the outage", () => view.source.health().state === "down", PATIENCE_MS);
  expect(view.source.health().code).toBe("LIMEN_CAMERA_STALLED");
  await more(view, 5);
  expect(ffmpegs().map((child) => child.pid)).not.toContain(pid);
  expect(view.said().slice(1)).toHaveLength(2);
});

test("an ffmpeg that floods its standard error streams on, in little memory and no log line", async () => {
  const path = join(directory, "ffmpeg-that-shouts");
  await writeFile(
    path,
    `#!/bin/sh
yes "[h264 @ 0x5] error while decoding rtsp://gate:secret@127.0.0.1/ $(head -c 500 /dev/zero | tr '\\0' x)" | head -c 30000000 >&2 &
exec ${binary.path} "$@"
`,
  );
  await chmod(path, 0o755);
  await using camera = await openSimulatedCamera({ ...account, clip, fps: 20 });
  await using view = watch(camera, { binary: { ...binary, path } });
  await more(view, 20);
  camera.faults.drop();
  await until("the restart", () => view.source.health().restarts >= 1, PATIENCE_MS);
  await more(view, 5);
  expect(view.said().slice(1)).toHaveLength(2);
  expect(JSON.stringify(view.logger.lines)).not.toContain("secret");
  expect(JSON.stringify(view.logger.lines).length).toBeLessThan(10_000);
});

test("an ffmpeg that is gone from the disk is a camera that is down; it heals when ffmpeg is back", async () => {
  const path = join(directory, "ffmpeg");
  await symlink(binary.path, path);
  await using camera = await openSimulatedCamera({ ...account, clip, fps: 20 });
  await using view = watch(camera, { binary: { ...binary, path } });
  await more(view, 5);
  await rename(path, `${path}-away`);
  camera.faults.drop();
  await until("the fault", () => view.source.health().code === "LIMEN_FFMPEG_FAILED", PATIENCE_MS);
  await rename(`${path}-away`, path);
  await more(view, 5);
  expect(view.said().slice(1)).toHaveLength(2);
});

test("asked to decode with hardware it streams whether there is any or not, and says in one line which it is", async () => {
  const isThere = existsSync("/dev/dri/renderD128");
  await using camera = await openSimulatedCamera({ ...account, clip, fps: 20 });
  await using view = watch(camera, { decoder: "vaapi" });
  await more(view, 5);
  const lines = view.said().filter(({ fields }) => fields["decoder"] !== undefined);
  if (isThere) expect(lines).toHaveLength(1);
  else expect(lines).toMatchObject([{ level: "warn", fields: { decoder: "software" } }]);
  camera.faults.drop();
  await until("the restart", () => view.source.health().restarts === 1, PATIENCE_MS);
  await more(view, 5);
  expect(view.said().filter(({ fields }) => fields["decoder"] !== undefined)).toHaveLength(1);
});
