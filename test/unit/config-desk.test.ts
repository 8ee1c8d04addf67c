import { readFile } from "node:fs/promises";
import { afterEach, beforeEach, expect, it } from "vitest";
import { configDesk } from "#app-console-desks";
import type { Config } from "#config/config";
import { loadConfig } from "#config/load";
import { NOTHING_WRITTEN } from "#core/written-access";
import type { ConfigDesk } from "#ports/config-desk";
import { type ConfigFolder, openConfigFolder, SMALL, smallEnvironment } from "./config/config-folder.js";

const ADA = { id: "a0".repeat(12), name: "Ada" };
const BEN = { id: "b1".repeat(12), name: "Ben" };
const env = smallEnvironment();
let folder: ConfigFolder;
let file: string;
let config: Config;
let desk: ConfigDesk;
/** The configuration in use follows the file only by this. */
let reloads: number;
beforeEach(async () => {
  folder = await openConfigFolder();
  file = await folder.write("limen.yaml", SMALL);
  ({ config } = await loadConfig(file, { env }));
  reloads = 0;
  const reload = async (): Promise<void> => {
    reloads++;
    ({ config } = await loadConfig(file, { env }));
  };
  desk = configDesk(file, () => config, { env, reload });
});
afterEach(() => folder[Symbol.asyncDispose]());

const never = { ...NOTHING_WRITTEN, schedule: "never" };

it("changes asked for at once are all made, one after the other, and each takes hold", async () => {
  await Promise.all([desk.setPersonAccess(ADA, never), desk.setPersonAccess(BEN, never), desk.setMinScore(0.9)]);
  expect((await desk.personAccess(ADA)).access).toEqual(never);
  expect((await desk.personAccess(BEN)).access).toEqual(never);
  expect(config.search.minScore).toBe(0.9);
  expect(config.doors[0]?.access.persons.map(({ person }) => person).sort()).toEqual([ADA.id, BEN.id]);
  expect(reloads).toBe(3);
  expect(await readFile(file, "utf8")).toContain(SMALL);
});

it("a change that is refused is not taken into use, and does not stand in the way of the next", async () => {
  const wrong = desk.setPersonAccess(ADA, { ...NOTHING_WRITTEN, schedule: "nowhere" });
  const right = desk.setPersonAccess(BEN, never);
  await expect(wrong).rejects.toMatchObject({ code: "LIMEN_CONFIG_INVALID" });
  await right;
  expect((await desk.personAccess(ADA)).keys).toEqual([]);
  expect((await desk.personAccess(BEN)).access).toEqual(never);
  expect(reloads).toBe(1);
});
