import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type ModelEntry, readModelManifest } from "#adapters/faces/manifest";
import { readModelFile } from "#adapters/faces/model-files";
import { SHIPPED_MANIFEST } from "#paths";

const CONTENT = Uint8Array.from({ length: 5000 }, (_, index) => (index * 31) % 251);

let folder: string;
let entry: ModelEntry;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "limen-models-"));
  const { embed } = await readModelManifest(SHIPPED_MANIFEST);
  const sha256 = createHash("sha256").update(CONTENT).digest("hex");
  entry = { ...embed, bytes: CONTENT.length, sha256 };
});

afterEach(() => rm(folder, { recursive: true }));

const put = (content: Uint8Array) => writeFile(join(folder, entry.file), content);
const refusedAs = (code: string, words: string) =>
  expect.objectContaining({
    code,
    message: expect.stringContaining(words),
    hint: expect.stringContaining("npm run setup"),
  });

describe("readModelFile", () => {
  it("hands out the bytes of the file the manifest names", async () => {
    await put(CONTENT);
    expect(await readModelFile(folder, entry)).toEqual(CONTENT);
  });

  it("refuses a file that was cut short", async () => {
    await put(CONTENT.subarray(0, 4000));
    await expect(readModelFile(folder, entry)).rejects.toThrow(refusedAs("LIMEN_MODEL_HASH", "4000 bytes"));
  });

  it("refuses a file that is longer than it should be, without reading it all", async () => {
    await put(new Uint8Array(CONTENT.length * 50));
    await expect(readModelFile(folder, entry)).rejects.toThrow(refusedAs("LIMEN_MODEL_HASH", "more than 5000"));
  });

  it("refuses a file of the right length that was replaced", async () => {
    const other = CONTENT.slice();
    other[2500] = (other[2500] ?? 0) ^ 1;
    await put(other);
    await expect(readModelFile(folder, entry)).rejects.toThrow(refusedAs("LIMEN_MODEL_HASH", "is not the embed model"));
  });

  it("says that a model is missing and how to get it", async () => {
    await expect(readModelFile(folder, entry)).rejects.toThrow(refusedAs("LIMEN_MODEL_MISSING", entry.file));
  });
});
