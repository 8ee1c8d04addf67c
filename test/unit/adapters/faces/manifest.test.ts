import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { modelIdOf, parseModelManifest, readModelManifest } from "#adapters/faces/manifest";
import { SHIPPED_MANIFEST } from "#paths";

type Json = { [key: string]: unknown; models: { [key: string]: unknown }[] };

/** The shipped manifest after a change. */
function changed(change: (manifest: Json) => void): string {
  const manifest: Json = JSON.parse(readFileSync(SHIPPED_MANIFEST, "utf8"));
  change(manifest);
  return JSON.stringify(manifest);
}

function modelOf(manifest: Json, role: string): { [key: string]: unknown } {
  const found = manifest.models.find((model) => model["role"] === role);
  if (found === undefined) throw new Error(`no ${role}`);
  return found;
}

const refusal = (words: string) =>
  expect.objectContaining({ code: "LIMEN_MODEL_MANIFEST", message: expect.stringContaining(words) });

describe("the shipped manifest", () => {
  it("names four models and gives templates an id made of its own and the embedding's hash", async () => {
    const manifest = await readModelManifest(SHIPPED_MANIFEST);
    expect(manifest.embed.dim).toBe(512);
    expect(manifest.liveness?.live_index).toBe(0);
    const plain = `faceplugin-0.0.1:${manifest.embed.sha256.slice(0, 12)}`;
    expect(modelIdOf(manifest)).toBe(`${plain}:c45`);
    // Templates of faces that were prepared otherwise are never compared.
    const { min_contrast: _, ...embed } = manifest.embed;
    expect(modelIdOf({ ...manifest, embed })).toBe(plain);
  });
});

describe("parseModelManifest", () => {
  it.each<[string, string, (manifest: Json) => void]>([
    ["an unknown key at the top", "Unrecognized", (all) => Object.assign(all, { colour: "blue" })],
    ["an unknown key in a model", "models.0", (all) => Object.assign(modelOf(all, "detect"), { fast: true })],
    ["another schema version", "schema", (all) => Object.assign(all, { schema: 2 })],
    [
      "a file outside its folder",
      "models.2.file",
      (all) => Object.assign(modelOf(all, "embed"), { file: "../x.onnx" }),
    ],
    ["a hash that is none", "models.2.sha256", (all) => Object.assign(modelOf(all, "embed"), { sha256: "87aa" })],
    ["a role it does not know", "models.3.role", (all) => Object.assign(modelOf(all, "liveness"), { role: "age" })],
    ["a role given twice", "the role embed is given 2 times", (all) => (all.models[3] = modelOf(all, "embed"))],
    ["a role that is missing", "the role landmark is missing", (all) => all.models.splice(1, 1)],
    [
      "a landmark that is not there",
      "point 68 of 68",
      (all) => Object.assign(modelOf(all, "landmark"), { map5: [[68], [1], [2], [3], [4]] }),
    ],
    [
      "an aligned input that is not square",
      "not square",
      (all) =>
        Object.assign(modelOf(all, "embed"), { input: { ...Object(modelOf(all, "embed")["input"]), width: 96 } }),
    ],
    [
      "a layout it cannot feed",
      "models.0.input.layout",
      (all) =>
        Object.assign(modelOf(all, "detect"), {
          input: { ...Object(modelOf(all, "detect")["input"]), layout: "NHWC" },
        }),
    ],
  ])("refuses %s and says where", (_, words, change) => {
    expect(() => parseModelManifest(changed(change))).toThrow(refusal(words));
  });

  it("accepts a set without a liveness model", () => {
    const manifest = parseModelManifest(changed((all) => all.models.splice(3, 1)));
    expect(manifest.liveness).toBeNull();
  });

  it("refuses what is not JSON", () => {
    expect(() => parseModelManifest("models: []")).toThrow(refusal("not JSON"));
  });

  it("says which manifest file cannot be read", async () => {
    await expect(readModelManifest("/nowhere/models.json")).rejects.toThrow(refusal("/nowhere/models.json"));
  });
});
