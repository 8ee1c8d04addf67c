import { appendFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { H264Clip } from "#demo/camera/annexb";
import { loadClip } from "#demo/camera/load-clip";
import { openSimulatedCamera, type SimulatedCamera } from "#demo/camera/simulated-camera";
import { limen } from "../fixtures/limen-program";
import { CAMERA_ACCOUNT, openSite, type TestSite, visitorsClip } from "../fixtures/site";
import { withNobody } from "../fixtures/staged-camera";

const FPS = 20;

let camera: SimulatedCamera;
let site: TestSite;
/** Ada who comes again and again, a stranger who does, and nobody. */
let ada: H264Clip;
let stranger: H264Clip;
let nobody: H264Clip;

beforeAll(async () => {
  const { file, timeline } = await visitorsClip();
  const clip = await loadClip(file);
  // In the middle of the empty scene between the two, where a second begins.
  const between = (timeline.visits[0]?.endFrame ?? Number.NaN) + FPS;
  ada = { ...clip, units: clip.units.slice(0, between) };
  stranger = { ...clip, units: clip.units.slice(between) };
  nobody = withNobody(clip, FPS);
  camera = await openSimulatedCamera({ ...CAMERA_ACCOUNT, clip: nobody, fps: FPS });
  site = await openSite(camera.url);
  // One stranger is enough, so that the test need not wait for five.
  await appendFile(site.configFile, "policy: { lock_out: { refusals: 1, first: 10m, longest: 10m } }\n");
});
afterAll(async () => {
  await site[Symbol.asyncDispose]();
  await camera[Symbol.asyncDispose]();
});

it("a door that a stranger has locked out stays so over kill -9, for the people it knows, until its time is over", async () => {
  const soon = { timeout: 60_000, interval: 300 };
  const reasons = async () => (await site.decisions()).map(({ record }) => record.reason);
  const problems = async () => (await site.status())?.problems.join() ?? "no status";
  const events = async (): Promise<string[]> => {
    const { out } = await limen(["decisions", "--events", "--config", site.configFile]);
    return out.split("\n").flatMap((line) => /(\w+): /.exec(line)?.[1] ?? []);
  };
  {
    await using daemon = site.startDaemon();
    await expect.poll(problems, soon).toBe("");
    camera.faults.load(ada);
    await expect.poll(() => site.door.count("opened"), soon).toBe(1);
    camera.faults.load(stranger);
    await expect.poll(problems, soon).toContain("door front opens for nobody for another ");
    camera.faults.load(nobody);
    // A busy machine may see either for too short a while first.
    const told = (await reasons()).filter((reason) => reason !== "not_enough_evidence");
    expect(told).toEqual(["ok", "unknown_person"]);
    site.door.press();
    await expect.poll(events, soon).toEqual(["request_to_exit", "locked_out"]);
    daemon.signal("SIGKILL");
    await daemon.ended;
  }
  await using again = site.startDaemon();
  camera.faults.load(ada);
  await expect.poll(reasons, soon).toContain("locked_out");
  expect(await problems()).toContain("door front opens for nobody for another ");
  expect(site.door.count("opened")).toBe(1);
  expect(await events()).toEqual(["request_to_exit", "locked_out"]);
  expect(site.door.count("exit")).toBe(1);
  again.signal("SIGTERM");
  expect((await again.ended).code).toBe(0);
}, 200_000);
