import { appendFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { loadClip } from "#demo/camera/load-clip";
import { openSimulatedCamera, type SimulatedCamera } from "#demo/camera/simulated-camera";
import { limen } from "../fixtures/limen-program";
import { CAMERA_ACCOUNT, openSite, type TestSite, visitorsClip } from "../fixtures/site";

let camera: SimulatedCamera;
let site: TestSite;

beforeAll(async () => {
  const { file } = await visitorsClip();
  camera = await openSimulatedCamera({ ...CAMERA_ACCOUNT, clip: await loadClip(file), fps: 20, startPaused: true });
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
  let opened = 0;
  {
    await using daemon = site.startDaemon();
    await expect.poll(problems, soon).toBe("");
    camera.play();
    // Ada comes first in the clip, the stranger after her; on a busy machine either may be missed and come again.
    await expect.poll(problems, soon).toContain("door front opens for nobody for another ");
    opened = site.door.count("opened");
    expect(await reasons()).toContain("unknown_person");
    site.door.press();
    await expect.poll(events, soon).toEqual(["request_to_exit", "locked_out"]);
    daemon.signal("SIGKILL");
    await daemon.ended;
  }
  await using again = site.startDaemon();
  await expect.poll(reasons, soon).toContain("locked_out");
  expect(await problems()).toContain("door front opens for nobody for another ");
  expect(site.door.count("opened")).toBe(opened);
  expect(await events()).toEqual(["request_to_exit", "locked_out"]);
  expect(site.door.count("exit")).toBe(1);
  camera.pause();
  again.signal("SIGTERM");
  expect((await again.ended).code).toBe(0);
}, 200_000);
