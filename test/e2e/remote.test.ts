import { appendFile, readFile, writeFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { loadClip } from "#demo/camera/load-clip";
import { openSimulatedCamera, type SimulatedCamera } from "#demo/camera/simulated-camera";
import { freePort } from "#demo/free-port";
import { limen } from "../fixtures/limen-program";
import { openOutsider } from "../fixtures/outsider";
import { CAMERA_ACCOUNT, openSite, type TestSite, visitorsClip } from "../fixtures/site";

const TOKEN = "a token that nobody guesses, 32 bytes";
let camera: SimulatedCamera;
let site: TestSite;
let port: number;

beforeAll(async () => {
  const { file } = await visitorsClip();
  camera = await openSimulatedCamera({ ...CAMERA_ACCOUNT, clip: await loadClip(file), fps: 20, startPaused: true });
  site = await openSite(camera.url);
  port = await freePort("127.0.0.1");
});
afterAll(async () => {
  await site[Symbol.asyncDispose]();
  await camera[Symbol.asyncDispose]();
});

it("a door opens from afar only where that is allowed, recorded; a lock-down holds over kill -9", async () => {
  const soon = { timeout: 60_000, interval: 300 };
  const events = async (): Promise<string> => (await limen(["decisions", "--events", "--config", site.configFile])).out;
  await using home = await openOutsider(site.broker);
  const availability = () => home.on("limen/door/front/availability").at(-1)?.payload;
  const lockdown = () => home.on("limen/door/front/lockdown").at(-1)?.payload;
  /** What Home Assistant is offered at the door: a lock, or only the sight of one. */
  const offered = (): readonly string[] => {
    const device = home.heard.findLast(({ topic }) =>
      /^homeassistant\/device\/limen_\w+_door_front\/config$/.test(topic),
    );
    return Object.keys(JSON.parse(device?.payload || "{}").cmps ?? {});
  };
  {
    await using daemon = site.startDaemon();
    await expect.poll(availability, soon).toBe("online");
    await expect.poll(offered, soon).toContain("locked");
    expect(offered().filter((key) => ["lock", "lockdown", "shadow", "test"].includes(key))).toEqual([]);
    await home.say("limen/door/front/set", "UNLOCK");
    await expect.poll(events, soon).toContain("refused: not_allowed, by mqtt");
    expect(site.door.count("opened")).toBe(0);
    daemon.signal("SIGTERM");
    expect((await daemon.ended).code).toBe(0);
  }
  const text = await readFile(site.configFile, "utf8");
  await writeFile(
    site.configFile,
    text.replace("    mode: normal\n", "    mode: normal\n    remote: { unlock: true, unsigned: true }\n"),
  );
  const api = `api: { listen: "127.0.0.1:${port}", tokens: { desk: { token: "${TOKEN.replaceAll(/\W/g, "-")}", scopes: [unlock] } } }\n`;
  await appendFile(site.configFile, api);
  {
    await using daemon = site.startDaemon();
    await expect.poll(availability, soon).toBe("online");
    await expect.poll(offered, soon).toContain("lock");
    expect(offered()).not.toContain("lockdown");
    const say = async () => {
      await home.say("limen/door/front/set", JSON.stringify({ a: "UNLOCK", t: Date.now() / 1000 }));
      return site.door.count("opened");
    };
    await expect.poll(say, { timeout: 60_000, interval: 2000 }).toBeGreaterThan(0);
    await expect.poll(events, soon).toContain("granted: ok, by mqtt");
    const isShut = () => site.door.count("relocked") === site.door.count("opened");
    await expect.poll(isShut, soon).toBe(true);
    const answer = await fetch(`http://127.0.0.1:${port}/v2/face-recognition/doors/front/unlock`, {
      ...{ method: "POST", headers: { Authorization: `Bearer ${TOKEN.replaceAll(/\W/g, "-")}` } },
    });
    expect(await answer.json()).toMatchObject({ data: { actuated: "acked" } });
    await home.say("limen/door/front/lockdown/set", "ON");
    await expect.poll(lockdown, soon).toBe("ON");
    daemon.signal("SIGKILL");
    await daemon.ended;
  }
  const before = site.door.count("opened");
  await using again = site.startDaemon();
  const problems = async () => (await site.status())?.problems.join() ?? "";
  await expect.poll(problems, soon).toContain("door front is in mode locked_down");
  await home.say("limen/door/front/lockdown/set", "OFF");
  await home.say("limen/door/front/set", JSON.stringify({ a: "UNLOCK", t: Date.now() / 1000 }));
  await expect.poll(events, soon).toContain("refused: door_locked_down, by mqtt");
  expect(lockdown()).toBe("ON");
  expect(site.door.count("opened")).toBe(before);
  again.signal("SIGTERM");
  expect((await again.ended).code).toBe(0);
}, 200_000);
