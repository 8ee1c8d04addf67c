import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { configJsonSchema } from "#config/json-schema";
import { allKeys } from "#config/known-keys";
import { loadConfig } from "#config/load";
import { type ConfigFolder, openConfigFolder, randomKey } from "./config-folder.js";

const example = fileURLToPath(new URL("../../../config/limen.example.yaml", import.meta.url));
const schema = fileURLToPath(new URL("../../../config/limen.schema.json", import.meta.url));
const env = {
  LIMEN_SECRET_FRONT_CAMERA: "x",
  LIMEN_SECRET_BROKER: "x",
  LIMEN_SECRET_FRONT_DOOR: randomKey(),
  LIMEN_SECRET_WORKSHOP_DOOR: randomKey(),
  LIMEN_SECRET_API_DESK: randomKey(),
  LIMEN_SECRET_REMOTE_PANEL: randomKey(),
  LIMEN_SECRET_ENGINE: randomKey(),
  LIMEN_SECRET_CONSOLE: "a long enough password",
  LIMEN_SECRET_METRICS: randomKey(),
  LIMEN_SECRET_HOME_ASSISTANT: "x",
};

let folder: ConfigFolder;
beforeEach(async () => {
  folder = await openConfigFolder();
});
afterEach(() => folder[Symbol.asyncDispose]());

/** The example with every key that is switched off (`#key:`, `#A Name:`) switched on. */
async function everythingOn(): Promise<string> {
  return (await readFile(example, "utf8")).replaceAll(/^( *)#([A-Za-z_][A-Za-z_ ]*:)/gm, "$1$2");
}

describe("the example", () => {
  it("is a valid configuration without a warning, in which no door opens yet", async () => {
    const { config, warnings } = await loadConfig(example, { env });
    expect(warnings).toEqual([]);
    expect(config.doors.map(({ mode }) => mode)).toEqual(["shadow", "shadow"]);
  });

  it("is valid with every key switched on, too", async () => {
    const file = await folder.write("limen.yaml", await everythingOn());
    const { config, warnings } = await loadConfig(file, { env });
    expect(warnings).toEqual([]);
    expect(config.doors[0]?.policy).toMatchObject({ agree: 3, of: 4 });
    expect(config.cameras[0]?.zone).toHaveLength(4);
  });

  it("shows every key there is", async () => {
    const shown = pathsIn(parseExample(await everythingOn()));
    const missing = allKeys()
      .map(({ path }) => path)
      // faces.liveness has moved to policy.liveness, and still works for those who have it.
      .filter((path) => !path.startsWith("doors.*.policy.") && path !== "faces.liveness" && !shown.has(path));
    expect(missing).toEqual([]);
  });

  it("gives each key that is switched off its true default", async () => {
    const on = pathsIn(parseExample(await readFile(example, "utf8")));
    const all = pathsIn(parseExample(await everythingOn()));
    const off = allKeys().filter((key) => !key.isGroup && key.default !== null && !on.has(key.path));
    expect(off.length).toBeGreaterThanOrEqual(20);
    expect(off.map((key) => [key.path, String(all.get(key.path))])).toEqual(off.map((key) => [key.path, key.default]));
  });

  it("names the range of every key that has one in numbers", async () => {
    const text = await readFile(example, "utf8");
    const ranges = allKeys().flatMap(({ range }) => (range !== null && /^\S+ to \S+$/.test(range) ? [range] : []));
    expect(ranges.filter((range) => !text.includes(range))).toEqual([]);
  });
});

describe("the JSON Schema", () => {
  it("in config/ is the one that is generated (if not: limen schema > config/limen.schema.json)", async () => {
    expect(JSON.parse(await readFile(schema, "utf8"))).toEqual(JSON.parse(JSON.stringify(configJsonSchema())));
  });

  it("says of every key what it is, when a change takes hold, and what holds without it", () => {
    for (const key of allKeys()) {
      expect(key.description, key.path).toMatch(/\S.*[.…]$/);
      if (key.isGroup && key.reload === null) continue;
      expect(["live", "restart-part"], key.path).toContain(key.reload);
      const known = key.required || key.default !== null || key.computedDefault !== null;
      expect(known || key.path.startsWith("doors.*.policy."), key.path).toBe(true);
    }
  });

  it("refuses unknown keys everywhere", () => {
    const open: string[] = [];
    const look = (node: unknown, path: string): void => {
      if (typeof node !== "object" || node === null) return;
      if ("properties" in node && !("additionalProperties" in node && node.additionalProperties === false))
        open.push(path);
      for (const [name, child] of Object.entries(node)) look(child, `${path}/${name}`);
    };
    look(configJsonSchema(), "");
    expect(open).toEqual([]);
  });
});

function parseExample(text: string): unknown {
  return parse(text, { customTags: [{ tag: "!secret", resolve: String }] });
}

/** The values of all keys in a tree by path, with a star for the ids of cameras and doors, and the profile where there is one. */
function pathsIn(tree: unknown, prefix = ""): Map<string, unknown> {
  const found = new Map<string, unknown>();
  if (typeof tree !== "object" || tree === null || Array.isArray(tree)) return found;
  for (const [name, inner] of Object.entries(tree)) {
    const path =
      prefix +
      (["cameras.", "doors.", "api.tokens.", "schedules.", "groups.", "persons.", "remote.keys."].includes(prefix)
        ? "*"
        : name);
    if (!found.has(path)) found.set(path, inner);
    const profile: unknown = new Map<string, unknown>(Object.entries(Object(inner))).get("profile");
    const under = typeof profile === "string" ? `${path}[${profile}].` : `${path}.`;
    for (const [deeper, value] of pathsIn(inner, under)) if (!found.has(deeper)) found.set(deeper, value);
  }
  return found;
}
