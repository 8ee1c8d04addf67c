import { chmod, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type FfmpegBinary, locateFfmpeg } from "#adapters/ffmpeg/binary";
import { chunkSink } from "#adapters/ffmpeg/child";
import { runFfmpeg } from "#adapters/ffmpeg/one-shot";
import { childProcesses } from "../fixtures/child-processes.js";
import { until } from "../fixtures/until.js";

let binary: FfmpegBinary;
let directory: string;

beforeAll(async () => {
  binary = await locateFfmpeg();
  directory = await mkdtemp(join(tmpdir(), "limen-one-shot-"));
});
afterAll(() => rm(directory, { recursive: true }));

const endless = (file: string) => (command: Parameters<Parameters<typeof runFfmpeg>[1]>[0]) =>
  command.complexFilter("testsrc2=size=64x64:rate=10,realtime").output(join(directory, file));

test("a command that succeeds leaves its file behind", async () => {
  const file = join(directory, "good.mp4");
  await runFfmpeg(
    binary,
    (command) => command.complexFilter("testsrc2=duration=1:size=64x64:rate=10").videoCodec("libx264").output(file),
    { timeoutMs: 20_000 },
  );
  expect((await stat(file)).size).toBeGreaterThan(500);
});

test("standard output comes whole through a sink", async () => {
  let bytes = 0;
  const sink = chunkSink((chunk) => {
    bytes += chunk.length;
  });
  await runFfmpeg(
    binary,
    (command) =>
      command
        .complexFilter("testsrc2=duration=2:size=320x240:rate=10")
        .outputOptions(["-pix_fmt", "rgb24", "-f", "rawvideo"])
        .output(sink, { end: true }),
    { timeoutMs: 20_000 },
  );
  expect(bytes).toBe(20 * 320 * 240 * 3);
});

test("a command that fails says so in ffmpeg's words, without the credentials of a URL", async () => {
  const run = runFfmpeg(
    binary,
    (command) => command.input("rtsp://limen:hunter2@127.0.0.1:9/stream").output(join(directory, "never.mp4")),
    { timeoutMs: 20_000 },
  );
  const error: unknown = await run.catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: "LIMEN_FFMPEG_FAILED", message: expect.stringContaining("Connection refused") });
  expect(JSON.stringify(error) + String(error)).not.toContain("hunter2");
});

test("a command that takes too long is stopped", async () => {
  const run = runFfmpeg(binary, endless("late.mp4"), { timeoutMs: 700 });
  await expect(run).rejects.toMatchObject({ code: "LIMEN_FFMPEG_FAILED", message: expect.stringContaining("700 ms") });
  expect(childProcesses().filter(({ startedWith }) => startedWith.includes("late.mp4"))).toEqual([]);
});

test("an abort stops the command and is the reason", async () => {
  const stop = new AbortController();
  const run = runFfmpeg(binary, endless("aborted.mp4"), { timeoutMs: 60_000, signal: stop.signal });
  const running = () => childProcesses().filter(({ startedWith }) => startedWith.includes("aborted.mp4"));
  await until("it runs", () => running().length === 1, 10_000);
  const reason = new Error("enough");
  stop.abort(reason);
  await expect(run).rejects.toBe(reason);
  expect(running()).toEqual([]);
  await expect(runFfmpeg(binary, endless("not-begun.mp4"), { timeoutMs: 1, signal: stop.signal })).rejects.toBe(reason);
});

test("a binary that is not there is an error, not the end of the process", async () => {
  const run = runFfmpeg({ ...binary, path: join(directory, "nowhere") }, endless("x.mp4"), { timeoutMs: 5_000 });
  await expect(run).rejects.toMatchObject({ code: "LIMEN_FFMPEG_FAILED", message: expect.stringContaining("ENOENT") });
});

test("a command that ignores SIGTERM is killed after the grace", async () => {
  const path = join(directory, "stubborn");
  await writeFile(path, "#!/bin/sh\ntrap '' TERM\nwhile :; do sleep 0.1; done\n");
  await chmod(path, 0o755);
  const run = runFfmpeg({ ...binary, path }, endless("x.mp4"), { timeoutMs: 300, killAfterMs: 400 });
  await expect(run).rejects.toMatchObject({ code: "LIMEN_FFMPEG_FAILED" });
  expect(childProcesses().filter(({ startedWith }) => startedWith.includes(path))).toEqual([]);
});
