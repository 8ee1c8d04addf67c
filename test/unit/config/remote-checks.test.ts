import { afterAll, beforeAll, expect, it } from "vitest";
import { loadConfig } from "#config/load";
import { type ConfigFolder, openConfigFolder, SMALL, smallEnvironment } from "./config-folder.js";

let folder: ConfigFolder;
beforeAll(async () => {
  folder = await openConfigFolder();
});
afterAll(() => folder[Symbol.asyncDispose]());

async function warningsOf(more: string): Promise<string[]> {
  const text = `${SMALL}    remote: { unlock: true }\n${more}`;
  const { warnings } = await loadConfig(await folder.write("limen.yaml", text), { env: smallEnvironment() });
  return warnings.map(({ message }) => message).filter((message) => message.includes("used by nobody"));
}

it("a door that may be opened from afar needs somebody who can: without console, key and token it is said", async () => {
  expect(await warningsOf("")).toEqual([expect.stringContaining("it takes the console, a key under remote.keys")]);
  expect(await warningsOf("http: {}\n")).toEqual([]);
});
