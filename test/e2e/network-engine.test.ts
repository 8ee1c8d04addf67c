import { expect, it } from "vitest";
import { loadClip } from "#demo/camera/load-clip";
import { openSimulatedCamera } from "#demo/camera/simulated-camera";
import { startLimen } from "../fixtures/limen-program";
import { CAMERA_ACCOUNT, openSite, visitorsClip } from "../fixtures/site";

it("a door that asks a search server lets in who may pass while it answers, and nobody while it does not", async () => {
  const { file } = await visitorsClip();
  await using camera = await openSimulatedCamera({
    ...CAMERA_ACCOUNT,
    clip: await loadClip(file),
    fps: 20,
    startPaused: true,
  });
  await using site = await openSite(camera.url, { withServer: true });
  const serve = () => startLimen(["serve", "--config", site.serverConfigFile]);
  const decided = async (reason: string) => (await site.decisions()).filter(({ record }) => record.reason === reason);
  const soon = { timeout: 40_000, interval: 500 };

  await using daemon = site.startDaemon();
  await expect.poll(async () => (await site.status())?.problems, soon).toEqual([]);
  camera.play();
  // Nobody answers: the visit ends without a grant, and the reason says so.
  await expect.poll(async () => (await decided("engine_offline")).length, soon).toBeGreaterThan(0);
  expect(site.door.count("opened")).toBe(0);

  await using server = serve();
  await expect.poll(() => server.out(), soon).toContain("the API answers");
  await expect.poll(() => site.door.count("opened"), { timeout: 60_000, interval: 500 }).toBeGreaterThan(0);
  const granted = await decided("ok");
  expect(new Set(granted.map(({ record }) => record.personId))).toEqual(new Set([site.ada]));

  // The token is in neither log, and nobody but Ada was ever let in.
  expect(daemon.out() + daemon.err() + server.out() + server.err()).not.toContain(site.engineToken);
  server.signal("SIGTERM");
  expect((await server.ended).code).toBe(0);
  daemon.signal("SIGTERM");
  expect((await daemon.ended).code).toBe(0);
}, 180_000);
