import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { fingerprint, PROGRAM } from "../../../scripts/build.mjs";
import { cacheDir } from "../../../scripts/cache-dir.mjs";
import { readStamp, writeStamp } from "../../../scripts/stamp.mjs";

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "limen-stamps-"));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}

describe("a stamp", () => {
  it("reads back as written and leaves no other file", () => {
    const place = folder();
    writeStamp(join(place, "deep", "stamp.json"), { abi: "115" });
    expect(readStamp(join(place, "deep", "stamp.json"))).toEqual({ abi: "115" });
    expect(readdirSync(join(place, "deep"))).toEqual(["stamp.json"]);
  });

  it.each([
    ["a torn one", '{"abi": "11'],
    ["an empty one", ""],
    ["one of another form", "[1]"],
  ])("%s proves nothing", (_what, text) => {
    const path = join(folder(), "stamp.json");
    writeFileSync(path, text);
    expect(readStamp(path)).toBeUndefined();
  });

  it("that is absent proves nothing", () => {
    expect(readStamp(join(folder(), "none.json"))).toBeUndefined();
  });
});

describe("the fingerprint of the sources", () => {
  function sources(): string {
    const root = folder();
    mkdirSync(join(root, "src", "core"), { recursive: true });
    writeFileSync(join(root, "src", "core", "a.ts"), "export const a = 1;\n");
    writeFileSync(join(root, "tsconfig.json"), "{}\n");
    return root;
  }

  it("stays the same while nothing changes", () => {
    const root = sources();
    expect(fingerprint(root, PROGRAM)).toBe(fingerprint(root, PROGRAM));
  });

  it.each<[string, (root: string) => void]>([
    ["a file is edited", (root) => writeFileSync(join(root, "src", "core", "a.ts"), "export const a = 22;\n")],
    ["a file keeps its size but not its time", (root) => utimesSync(join(root, "src", "core", "a.ts"), 1e9, 1e9)],
    ["a file is added", (root) => writeFileSync(join(root, "src", "b.ts"), "")],
    ["a file is removed", (root) => rmSync(join(root, "src", "core", "a.ts"))],
    ["the compiler's settings change", (root) => writeFileSync(join(root, "tsconfig.json"), "{ }\n")],
  ])("changes when %s", (_what, change) => {
    const root = sources();
    const before = fingerprint(root, PROGRAM);
    change(root);
    expect(fingerprint(root, PROGRAM)).not.toBe(before);
  });
});

describe("the cache folder", () => {
  it("is the chosen one, else the desktop's, else one in the home folder", () => {
    expect(cacheDir({ LIMEN_CACHE_DIR: "/data/limen", XDG_CACHE_HOME: "/x" })).toBe("/data/limen");
    expect(cacheDir({ XDG_CACHE_HOME: "/x" })).toBe("/x/limen");
    expect(cacheDir({ LIMEN_CACHE_DIR: "" })).toMatch(/\/\.cache\/limen$/);
  });
});
