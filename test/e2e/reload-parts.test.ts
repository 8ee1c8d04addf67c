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
import { openOutsider } from "../fixtures/outsider";
import { CAMERA_ACCOUNT, openSite, type TestSite } from "../fixtures/site";

const SOON = { timeout: 60_000, interval: 200 };

let directory: string;
let street: SimulatedCamera;
let yard: SimulatedCamera;
let site: TestSite;
/** The controller of the back door; the front's is the site's own. */
let back: DoorProgram;
let front: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "limen-reload-parts-"));
  const file = join(directory, "ada.h264");
  const visits = DEMO_VISITS.filter(({ id }) => id === "A");
  const shape = { width: 640, height: 360, fps: 20 };
  await renderClip({ ffmpeg: await locateFfmpeg(), assetsDir: cached("demo"), outFile: file, visits, ...shape });
  const clip = await loadClip(file);
  const openCamera = () => openSimulatedCamera({ ...CAMERA_ACCOUNT, clip, fps: 20 });
  [street, yard] = [await openCamera(), await openCamera()];
  site = await openSite(street.url);
  const [user] = site.broker.users;
  const key = randomBytes(32);
  const secrets = join(dirname(site.configFile), "secrets.yaml");
  await writeFile(secrets, `${await readFile(secrets, "utf8")}back_door: "${key.toString("hex")}"\n`);
  front = await readFile(site.configFile, "utf8");
  const account = { url: site.broker.url, ...user };
  back = await startDoorProgram({ ...account, controller: "back", key_id: "back-1", key: key.toString("base64url") });
}, 120_000);
afterAll(async () => {
  await back[Symbol.asyncDispose]();
  await site[Symbol.asyncDispose]();
  await Promise.all([street[Symbol.asyncDispose](), yard[Symbol.asyncDispose]()]);
  await rm(directory, { recursive: true, force: true });
});

/** The front as it always is, and beside it a back door with a camera of its own. */
function withBack({ pulse = "500ms", looks = 10 } = {}): string {
  const login = `username: ${CAMERA_ACCOUNT.username}, password: !secret front_camera`;
  const camera = `  yard: { rtsp: "${yard.url}", ${login}, looks_per_second: ${looks} }\n`;
  const door = `  back:
    camera: yard
    collection: staff
    controller: { profile: limen_native, key: !secret back_door, pulse: ${pulse} }
    mode: normal
`;
  return `${front.replace("doors:\n", `${camera}doors:\n${door}`)}`;
}

it("a door and a camera are changed, added and taken away while another door's visits are decided as ever", async () => {
  await using daemon = site.startDaemon();
  await using outsider = await openOutsider(site.broker, "limen/#");
  const logged = (words: string): number => daemon.log().filter(({ msg }) => String(msg).includes(words)).length;
  const reopened = (): number => logged("taken into use: ");
  /** Every line that tells of the front camera's stream: it begins once. */
  const streams = (camera: string): number =>
    daemon.log().filter((line) => line["camera"] === camera && String(line["msg"]).includes("stream")).length;
  const opened = () => site.door.count("opened");
  await expect.poll(async () => (await site.status())?.problems.join() ?? "no status", SOON).toBe("");
  await expect.poll(opened, SOON).toBeGreaterThan(0);
  const streamsBefore = streams("front");

  // A door and a camera that are new: nothing else opens anew.
  await writeFile(site.configFile, withBack());
  await expect.poll(reopened, SOON).toBe(1);
  expect(logged("only this opens anew: door back, camera yard")).toBe(1);
  await expect.poll(() => back.count("opened"), SOON).toBeGreaterThan(0);
  await expect.poll(() => outsider.on("limen/door/back/availability").at(-1)?.payload, SOON).toBe("online");

  // A storm of changes to them, for as long as two visits at the front take, which must both end as they would have.
  const until = opened() + 2;
  const decided = async () => (await site.decisions()).filter(({ record }) => record.door === "front");
  const before = (await decided()).length;
  let storms = 0;
  for (let n = 0; opened() < until; n++) {
    await writeFile(site.configFile, withBack({ pulse: `${600 + (n % 5) * 100}ms`, looks: 8 + (n % 3) }));
    const wanted = 2 + n;
    await expect.poll(reopened, SOON).toBe(wanted);
    storms++;
  }
  expect(storms).toBeGreaterThan(2);
  const during = (await decided()).slice(before);
  expect(during.map(({ record }) => record.reason)).toEqual(during.map(() => "ok"));
  // The last has only just been sent.
  const ends = async () =>
    (await decided()).slice(before, before + during.length).map(({ outcome }) => outcome?.actuation);
  await expect.poll(ends, SOON).toEqual(during.map(() => "acked"));
  expect(streams("front")).toBe(streamsBefore);

  // What was changed works, with what it was changed to.
  await writeFile(site.configFile, withBack({ pulse: "1500ms" }));
  await expect.poll(reopened, SOON).toBe(storms + 2);
  const count = back.count("opened");
  await expect.poll(() => back.count("opened"), SOON).toBeGreaterThan(count);
  await expect.poll(() => back.count("relocked"), SOON).toBeGreaterThan(count);
  const at = (event: string) => back.events.filter((one) => one.event === event).at(-1)?.at ?? Number.NaN;
  expect(at("relocked") - at("opened")).toBeGreaterThan(1300);

  // Taken away: what was said of it is taken back, nobody is let in there any more, and the front goes on.
  await writeFile(site.configFile, front);
  await expect.poll(reopened, SOON).toBe(storms + 3);
  const gone = back.count("opened");
  const still = opened();
  await expect.poll(() => outsider.on("limen/door/back/availability").at(-1)?.payload, SOON).toBe("");
  await expect.poll(opened, SOON).toBeGreaterThan(still);
  expect(back.count("opened")).toBe(gone);
  expect(Object.keys((await site.status()) ?? {})).toContain("problems");

  expect(logged("limen is up")).toBe(1);
  expect(daemon.log().filter(({ level }) => Number(level) >= 50)).toEqual([]);
  daemon.signal("SIGTERM");
  expect((await daemon.ended).code).toBe(0);
}, 300_000);
