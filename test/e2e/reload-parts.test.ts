import { readFile, writeFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openOutsider } from "../fixtures/outsider";
import { MOST_SHOWN } from "../fixtures/staged-camera";
import { openTwoDoorSite, type TwoDoorSite } from "../fixtures/two-door-site";

const SOON = { timeout: 60_000, interval: 200 };

let house: TwoDoorSite;
/** The configuration with the front door alone. */
let front: string;

beforeAll(async () => {
  house = await openTwoDoorSite("back", { startPaused: false });
  front = await readFile(house.site.configFile, "utf8");
}, 120_000);
afterAll(() => house[Symbol.asyncDispose]());

/** The front as it always is, and beside it a back door with a camera of its own. */
function withBack({ pulse = "500ms", looks = 10 } = {}): string {
  const door = `  back:
    camera: yard
    collection: staff
    controller: { profile: limen_native, key: !secret back_door, pulse: ${pulse} }
    mode: normal
`;
  return front.replace("doors:\n", `${house.cameraLine("yard", `, looks_per_second: ${looks}`)}doors:\n${door}`);
}

it("a door and a camera are changed, added and taken away while another door's visits are decided as ever", async () => {
  const { site, controller: back } = house;
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

  // A storm of changes to them, for as long as two visits at the front take, which must both end as they would have. Where a busy machine saw
  // one of them for too short a while, once more.
  const decided = async () => (await site.decisions()).filter(({ record }) => record.door === "front");
  let storms = 0;
  let before = 0;
  let during: Awaited<ReturnType<typeof decided>> = [];
  const isShort = ({ record }: { record: { reason: string } }): boolean => record.reason === "not_enough_evidence";
  for (let shown = 0; shown === 0 || (shown < MOST_SHOWN && during.some(isShort)); shown++) {
    const until = opened() + 2;
    const stormsBefore = storms;
    before = (await decided()).length;
    while (opened() < until) {
      await writeFile(site.configFile, withBack({ pulse: `${600 + (storms % 5) * 100}ms`, looks: 8 + (storms % 3) }));
      storms++;
      await expect.poll(reopened, SOON).toBe(1 + storms);
    }
    expect(storms - stormsBefore).toBeGreaterThan(2);
    during = (await decided()).slice(before);
  }
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
