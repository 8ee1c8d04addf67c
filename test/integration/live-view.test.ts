import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { systemClock } from "#adapters/clock/system-clock";
import { openLiveView } from "#adapters/live/live-view";
import type { H264Clip } from "#demo/camera/annexb";
import type { LiveTrouble, LiveViewer } from "#ports/live-view";
import { RecordingLogger, RecordingMetrics } from "../fakes/quiet";
import { childProcesses } from "../fixtures/child-processes";
import { openTappedCamera } from "../fixtures/tapped-camera";
import { makeTestClip } from "../fixtures/test-clip";
import { until } from "../fixtures/until";

let directory: string;
let clip: H264Clip;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "limen-live-"));
  clip = await makeTestClip(directory, { width: 640, height: 360 });
});
afterAll(() => rm(directory, { recursive: true, force: true }));

class Viewer implements LiveViewer {
  readonly chunks: Uint8Array[] = [];
  readonly troubles: (LiveTrouble | null)[] = [];
  video(chunk: Uint8Array): void {
    this.chunks.push(chunk);
  }
  trouble(trouble: LiveTrouble | null): void {
    this.troubles.push(trouble);
  }
}

const converters = () => childProcesses().filter(({ startedWith }) => startedWith.includes("mpeg1video"));

it("converts while somebody looks, once for all of them, over the camera's one connection", async () => {
  await using tapped = await openTappedCamera(clip, { lingerMs: 500 });
  const { view, simulated } = tapped;
  await until("pictures", () => tapped.camera.newest() !== null, 30_000);
  expect(converters()).toEqual([]);

  const [first, second] = [new Viewer(), new Viewer()];
  const looking = view.join(first);
  const alsoLooking = view.join(second);
  await until("video for both", () => first.chunks.length > 5 && second.chunks.length > 5, 30_000);
  expect(converters()).toHaveLength(1);
  expect(simulated.clients).toBe(1);
  for (const chunk of first.chunks) expect([chunk.length % 188, chunk[0]]).toEqual([0, 0x47]);
  // The camera's name, password and address are in nobody's process list.
  expect(converters()[0]?.startedWith.split("\0").join(" ")).not.toMatch(/p@ss|p%40ss|rtsp:/);

  looking[Symbol.dispose]();
  const seen = second.chunks.length;
  await until("more for the other", () => second.chunks.length > seen + 5, 30_000);
  alsoLooking[Symbol.dispose]();
  await until("the converter to be gone", () => converters().length === 0, 30_000);

  const back = new Viewer();
  using _ = view.join(back);
  await until("video again", () => back.chunks.length > 5, 30_000);
  expect(tapped.logger.lines.filter(({ level }) => level === "warn" || level === "error")).toEqual([]);
});

it("goes on when its converter is killed, and says so once", async () => {
  await using tapped = await openTappedCamera(clip);
  const viewer = new Viewer();
  using _ = tapped.view.join(viewer);
  await until("video", () => viewer.chunks.length > 5, 30_000);
  const [converter] = converters();
  process.kill(converter?.pid ?? 0, "SIGKILL");
  await until("the trouble to be told", () => viewer.troubles.includes("converter_failed"), 30_000);
  const before = viewer.chunks.length;
  await until("video again", () => viewer.chunks.length > before + 5, 30_000);
  expect(viewer.troubles).toEqual(["converter_failed", null]);
  expect(tapped.logger.lines.filter(({ message }) => message.includes("converter"))).toHaveLength(1);
  expect(tapped.simulated.clients).toBe(1);
});

it.each(["/nowhere/ffmpeg", "fails"])(
  "survives an ffmpeg that does not run (%s), trying again with growing pauses",
  async (name) => {
    const failing = join(directory, "fails");
    await writeFile(failing, "#!/bin/sh\necho no such codec >&2\nexit 1\n");
    await chmod(failing, 0o755);
    const logger = new RecordingLogger();
    const metrics = new RecordingMetrics();
    const video = {
      bytes: 0,
      async *watch(signal: AbortSignal) {
        while (!signal.aborted) {
          yield new Uint8Array(188);
          await systemClock.sleep(10, signal).catch(() => {});
        }
      },
    };
    const viewer = new Viewer();
    await using view = openLiveView({
      camera: "front",
      video,
      ffmpeg: name === "fails" ? failing : name,
      restartMs: 50,
      clock: systemClock,
      logger,
      metrics,
    });
    using _ = view.join(viewer);
    await until("some tries", () => metrics.of("limen_live_restarts_total") >= 3, 30_000);
    expect(viewer.troubles).toEqual(["converter_failed"]);
    expect(logger.lines).toHaveLength(1);
    expect(logger.lines[0]?.fields["why"]).toMatch(name === "fails" ? "no such codec" : "ENOENT");
  },
);
