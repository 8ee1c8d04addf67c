import { randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { locateFfmpeg } from "#adapters/ffmpeg/binary";
import { loadClip } from "#demo/camera/load-clip";
import { openSimulatedCamera, type SimulatedCamera } from "#demo/camera/simulated-camera";
import { DEMO_VISITS } from "#demo/clip/cast";
import { renderClip } from "#demo/clip/render";
import { cached } from "../fixtures/cached";
import { type DoorProgram, startDoorProgram } from "../fixtures/door-program";
import { CAMERA_ACCOUNT, openSite, type TestSite } from "../fixtures/site";

/** Longer than Ada's way to the door and back, so that she comes to one door while the other is released. */
const PULSE_MS = 9_000;

let directory: string;
let street: SimulatedCamera;
let hall: SimulatedCamera;
let site: TestSite;
/** The controller of the way out; the way in is the site's own. */
let exit: DoorProgram;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "limen-two-doors-"));
  const file = join(directory, "ada.h264");
  const visits = DEMO_VISITS.filter(({ id }) => id === "A");
  const shape = { width: 640, height: 360, fps: 20 };
  await renderClip({ ffmpeg: await locateFfmpeg(), assetsDir: cached("demo"), outFile: file, visits, ...shape });
  const clip = await loadClip(file);
  const openCamera = () => openSimulatedCamera({ ...CAMERA_ACCOUNT, clip, fps: 20, startPaused: true });
  [street, hall] = [await openCamera(), await openCamera()];
  site = await openSite(street.url);

  const [user] = site.broker.users;
  const key = randomBytes(32);
  const secrets = join(dirname(site.configFile), "secrets.yaml");
  await writeFile(secrets, `${await readFile(secrets, "utf8")}exit_door: "${key.toString("hex")}"\n`);
  const config = await readFile(site.configFile, "utf8");
  const camera = `  hall: { rtsp: "${hall.url}", username: ${CAMERA_ACCOUNT.username}, password: !secret front_camera }\n`;
  const door = `    enters: house
  exit:
    camera: hall
    collection: staff
    controller: { profile: limen_native, key: !secret exit_door, pulse: 1s }
    mode: normal
    leaves: house
interlocks: [[front, exit]]
policy: { anti_passback: hard }
`;
  const both = config
    .replace("doors:\n", `${camera}doors:\n`)
    .replace("pulse: 1000ms", `pulse: ${PULSE_MS}ms`)
    .replace("    mode: normal\n", `    mode: normal\n${door}`);
  await writeFile(site.configFile, both);
  const account = { url: site.broker.url, ...user };
  exit = await startDoorProgram({ ...account, controller: "exit", key_id: "exit-1", key: key.toString("base64url") });
}, 120_000);
afterAll(async () => {
  await exit[Symbol.asyncDispose]();
  await site[Symbol.asyncDispose]();
  await Promise.all([street[Symbol.asyncDispose](), hall[Symbol.asyncDispose]()]);
  await rm(directory, { recursive: true, force: true });
});

it("of two interlocked doors one opens when the other has relocked; who is inside enters again only after leaving", async () => {
  const soon = { timeout: 60_000, interval: 200 };
  const told = async (): Promise<string[]> =>
    (await site.decisions()).map(({ record }) => `${record.door} ${record.reason}`);
  await using daemon = site.startDaemon();
  await expect.poll(async () => (await site.status())?.problems.join() ?? "no status", soon).toBe("");

  // In. Both cameras go on with their clip, so that Ada comes again to both doors every nine seconds, whatever is decided.
  street.play();
  await expect.poll(() => site.door.count("opened"), soon).toBe(1);
  hall.play();
  // Before the inner lock has shut, the outer door stays shut for somebody who may pass it; the street's knows that she is in.
  await expect.poll(told, soon).toContain("exit interlock");
  expect(exit.count("opened")).toBe(0);
  expect(site.door.count("relocked")).toBe(0);
  await expect.poll(told, soon).toContain("front anti_passback");
  expect(site.door.count("opened")).toBe(1);

  // Out, once the way in has relocked; and only now in again.
  await expect.poll(() => exit.count("opened"), soon).toBe(1);
  await expect.poll(() => site.door.count("opened"), soon).toBe(2);
  const [firstIn, secondIn] = site.door.events.filter(({ event }) => event === "opened");
  const shutAgain = site.door.events.find(({ event }) => event === "relocked");
  const out = exit.events.find(({ event }) => event === "opened");
  const times = [firstIn?.at, shutAgain?.at, out?.at, secondIn?.at];
  expect(times).toEqual(times.toSorted((a, b) => (a ?? 0) - (b ?? 0)));
  const reasons = await told();
  expect(reasons.filter((reason) => reason.endsWith(" ok"))).toEqual(["front ok", "exit ok", "front ok"]);
  expect(reasons.indexOf("front anti_passback")).toBeLessThan(reasons.lastIndexOf("front ok"));
  daemon.signal("SIGTERM");
  expect((await daemon.ended).code).toBe(0);
}, 300_000);
