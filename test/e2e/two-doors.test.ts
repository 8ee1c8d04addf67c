import { readFile, writeFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openTwoDoorSite, type TwoDoorSite } from "../fixtures/two-door-site";

/** Longer than Ada's way to the door and back, so that she comes to one door while the other is released. */
const PULSE_MS = 9_000;

/** The way in is the site's own door, by the street's camera; the way out is beside the hall's. */
let house: TwoDoorSite;

beforeAll(async () => {
  house = await openTwoDoorSite("exit", { startPaused: true });
  const { configFile } = house.site;
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
  const both = (await readFile(configFile, "utf8"))
    .replace("doors:\n", `${house.cameraLine("hall")}doors:\n`)
    .replace("pulse: 1000ms", `pulse: ${PULSE_MS}ms`)
    .replace("    mode: normal\n", `    mode: normal\n${door}`);
  await writeFile(configFile, both);
}, 120_000);
afterAll(() => house[Symbol.asyncDispose]());

it("of two interlocked doors one opens when the other has relocked; who is inside enters again only after leaving", async () => {
  const { site, first: street, second: hall, controller: exit } = house;
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
  house.leaves(hall);
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
