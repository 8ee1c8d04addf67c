import { readFile, writeFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { H264Clip } from "#demo/camera/annexb";
import { loadClip } from "#demo/camera/load-clip";
import { openSimulatedCamera, type SimulatedCamera } from "#demo/camera/simulated-camera";
import { limen } from "../fixtures/limen-program";
import { type Outsider, openOutsider } from "../fixtures/outsider";
import { CAMERA_ACCOUNT, openSite, type TestSite, visitorsClip } from "../fixtures/site";
import { withNobody } from "../fixtures/staged-camera";
import { until } from "../fixtures/until";

const FPS = 20;

let clip: H264Clip;
let nobody: H264Clip;
let camera: SimulatedCamera;
let site: TestSite;
let outsider: Outsider;

beforeAll(async () => {
  const { file } = await visitorsClip();
  clip = await loadClip(file);
  nobody = withNobody(clip, FPS);
  camera = await openSimulatedCamera({ ...CAMERA_ACCOUNT, clip: nobody, fps: FPS });
  site = await openSite(camera.url, { withContact: true });
  const config = await readFile(site.configFile, "utf8");
  await writeFile(site.configFile, config.replace(/^( +)mode: normal$/m, "$1mode: normal\n$1held_open_after: 5s"));
  outsider = await openOutsider(site.broker, "limen/#");
}, 120_000);
afterAll(async () => {
  await outsider[Symbol.asyncDispose]();
  await site[Symbol.asyncDispose]();
  await camera[Symbol.asyncDispose]();
});

it("the door's own word: opened, held open, forced, and not opened at all; each under the id of its decision or its own", async () => {
  const door = (topic: string) => outsider.on(`limen/door/front/${topic}`);
  const events = (): string[] =>
    door("event")
      .map(({ payload }) => String(JSON.parse(payload).event_type))
      .filter((kind) => kind !== "denied");
  /** What became of each grant, by its id. */
  const grants = (): string[][] => {
    const told = outsider.on("limen/decision").map(({ payload }) => JSON.parse(payload));
    const ids = [...new Set(told.filter(({ result }) => result === "grant").map(({ id }) => id))];
    return ids.map((id) => told.filter((decision) => decision.id === id).map(({ actuated }) => actuated));
  };
  const latest = (topic: string) => door(topic).at(-1)?.payload;
  await using daemon = site.startDaemon();
  await until("the door is known to be shut", () => latest("contact") === "OFF", 60_000);
  await expect.poll(async () => (await site.status())?.problems, { timeout: 60_000, interval: 300 }).toEqual([]);

  camera.faults.load(clip);
  await until("Ada is let in", () => site.door.count("opened") === 1, 60_000);
  camera.faults.load(nobody);
  site.door.move();
  await until("it was seen", () => grants()[0]?.includes("confirmed") === true, 10_000);
  expect(grants()).toEqual([["none", "acked", "confirmed"]]);
  expect(latest("contact")).toBe("ON");
  await until("it stands open for too long", () => events().includes("held_open"), 15_000);
  expect(JSON.parse(latest("state") ?? "")).toMatchObject({ contact: "open", alarm: "held_open", lock: "locked" });
  site.door.move();
  await until("it is shut", () => events().includes("shut_again"), 5000);
  expect(events()).toEqual(["granted", "held_open", "shut_again"]);

  // She comes again: this time nobody opens.
  camera.faults.load(clip);
  await until("Ada is let in again", () => site.door.count("opened") === 2, 60_000);
  camera.faults.load(nobody);
  await until("nobody opened", () => grants()[1]?.includes("cancelled") === true, 15_000);
  expect(grants()[1]).toEqual(["none", "acked", "cancelled"]);
  expect(latest("lock")).toBe("LOCKED");
  site.door.move();
  await until("it was forced", () => events().includes("forced"), 15_000);
  // The state file is written a moment after the event is sent.
  const status = async () => (await limen(["status", "--config", site.configFile])).out;
  await expect.poll(status, { timeout: 15_000 }).toMatch(/door {4}front: .*leaf open, FORCED/);
  const listed = await limen(["decisions", "--events", "--config", site.configFile]);
  expect(listed.out.split("\n").flatMap((line) => /(\w+): /.exec(line)?.[1] ?? [])).toEqual([
    "forced",
    "shut_again",
    "held_open",
  ]);
  expect((await site.decisions()).map(({ outcome }) => outcome?.actuation).filter(Boolean)).toEqual([
    "confirmed",
    "cancelled",
  ]);
  expect(site.door.count("opened")).toBe(2);
  daemon.signal("SIGTERM");
  expect((await daemon.ended).code).toBe(0);
}, 240_000);
