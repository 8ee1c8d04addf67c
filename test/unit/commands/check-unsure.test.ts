import { afterAll, beforeAll, expect, it } from "vitest";
import { uncheckableAt } from "#app-doors";
import { loadConfig } from "#config/load";
import { type ConfigFolder, openConfigFolder, SMALL, smallEnvironment } from "../config/config-folder.js";

let folder: ConfigFolder;
beforeAll(async () => {
  folder = await openConfigFolder();
});
afterAll(() => folder[Symbol.asyncDispose]());

async function unsureAt(controller: string): Promise<readonly string[]> {
  const text = SMALL.replace(/controller: \{.*\}/, `controller: { ${controller} }`);
  const env = { ...smallEnvironment(), LIMEN_SECRET_HOME: "x" };
  const { config } = await loadConfig(await folder.write("limen.yaml", text), { env });
  return uncheckableAt(config).map(({ door, words }) => `${door}: ${words}`);
}

it("the native protocol leaves nothing open", async () => {
  expect(await unsureAt("profile: limen_native, key: !secret front_door")).toEqual([]);
});

it("a device that checks nobody is told with the topics that open it", async () => {
  expect(await unsureAt("profile: tasmota, topic: gate")).toEqual([
    expect.stringMatching(/^front: it opens for whoever may write to cmnd\/gate\/.*: let only Limen$/),
  ]);
});

it("what the owner has to see is told until they say that they have", async () => {
  const own = "profile: shelly_gen1, device: shelly1-0123AB, pulse: 4s";
  const words =
    "front: nobody can ask whether it locks again by itself after 4s: watch it do so, then write pulse_checked: true";
  expect(await unsureAt(own)).toContain(words);
  expect(await unsureAt(`${own}, pulse_checked: true`)).not.toContain(words);
  const home =
    "profile: home_assistant_lock, url: https://home.example, token: !secret home, entity: lock.a, pulse: 4s";
  expect(await unsureAt(home)).toContain(words);
  expect(await unsureAt(`${home}, pulse_checked: true`)).toHaveLength(1);
});

it("a device that never answers is told as one", async () => {
  expect(await unsureAt("profile: generic, topic: gate/cmd, unlock: go, pulse_by: command")).toEqual([
    "front: it opens for whoever may write to gate/cmd: let only Limen",
    "front: it never says whether it has opened",
    "front: it never says that it is away",
  ]);
});
