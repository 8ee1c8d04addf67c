import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { locateFfmpeg } from "#adapters/ffmpeg/binary";
import { runFfmpeg } from "#adapters/ffmpeg/one-shot";
import type { H264Clip } from "#demo/camera/annexb";
import { loadClip } from "#demo/camera/load-clip";
import { openSimulatedCamera, type SimulatedCamera } from "#demo/camera/simulated-camera";
import { CAMERA_ACCOUNT, openSite, type TestSite, visitorsClip } from "../fixtures/site";

let directory: string;
let camera: SimulatedCamera;
let site: TestSite;
let turned: H264Clip;

/** The same visitors at the same door, seen by a camera that was turned: everything an eighth further left and further down. */
async function turnedClip(file: string, directory: string): Promise<H264Clip> {
  const out = join(directory, "turned.h264");
  const encoder = ["-c:v", "libx264", "-preset", "veryfast", "-profile:v", "main", "-bf", "0", "-g", "20"];
  await runFfmpeg(
    await locateFfmpeg(),
    (command) =>
      command
        .input(file)
        .inputOptions(["-f", "h264", "-framerate", "20"])
        .output(out)
        .outputOptions(["-vf", "crop=560:315:80:0,pad=640:360:0:45:color=0x808080"])
        .outputOptions([...encoder, "-sc_threshold", "0", "-x264-params", "repeat-headers=1", "-f", "h264"]),
    { timeoutMs: 120_000 },
  );
  return await loadClip(out);
}

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "limen-turned-"));
  const { file } = await visitorsClip();
  turned = await turnedClip(file, directory);
  camera = await openSimulatedCamera({ ...CAMERA_ACCOUNT, clip: await loadClip(file), fps: 20, startPaused: true });
  site = await openSite(camera.url);
});
afterAll(async () => {
  await site[Symbol.asyncDispose]();
  await camera[Symbol.asyncDispose]();
  await rm(directory, { recursive: true, force: true });
});

it("a camera that was turned opens no door to somebody it recognises, and status says what to do", async () => {
  const soon = { timeout: 60_000, interval: 500 };
  await using daemon = site.startDaemon();
  await expect.poll(async () => (await site.status())?.problems, soon).toEqual([]);
  // The view is known after 20 s of pictures.
  await delay(25_000);
  camera.faults.load(turned);
  const problems = async (): Promise<string> => (await site.status())?.problems.join() ?? "";
  await expect.poll(problems, soon).toContain("camera front looks somewhere else than it did: turn it back");

  camera.play();
  await expect.poll(async () => (await site.decisions()).length, soon).toBeGreaterThan(0);
  const [first] = await site.decisions();
  expect(first?.record).toMatchObject({ result: "deny", reason: "camera_unhealthy", personId: site.ada });
  expect(site.door.count("opened")).toBe(0);
  expect(daemon.log().filter(({ sight }) => sight !== undefined)).toMatchObject([{ sight: "moved", before: "ok" }]);
}, 240_000);
