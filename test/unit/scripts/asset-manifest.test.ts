import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { readManifest } from "../../../scripts/asset-manifest.mjs";

const GOOD = {
  file: "a.onnx",
  sha256: "0".repeat(64),
  source: {
    package: "@scope/pack",
    version: "1.2.3",
    integrity: `sha512-${"A".repeat(86)}==`,
    path: "package/model/a.onnx",
  },
};

function manifest(content: unknown): string {
  const folder = mkdtempSync(join(tmpdir(), "limen-manifest-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "assets.json");
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
}

describe("a manifest of files to fetch", () => {
  it("may say more than the set-up needs", () => {
    const path = manifest({ about: "x", assets: [{ ...GOOD, role: "detect", bytes: 1 }] });
    expect(readManifest(path, "assets")).toEqual([GOOD]);
  });

  it.each([
    ["no JSON", "{"],
    ["no list", { assets: {} }],
    ["an empty list", { assets: [] }],
    ["a file name that leaves the folder", { assets: [{ ...GOOD, file: "../a.onnx" }] }],
    ["a short hash", { assets: [{ ...GOOD, sha256: "00" }] }],
    ["a version range", { assets: [{ ...GOOD, source: { ...GOOD.source, version: "^1.2.3" } }] }],
    ["a package name that is an option", { assets: [{ ...GOOD, source: { ...GOOD.source, package: "--global" } }] }],
    ["a path that leaves the package", { assets: [{ ...GOOD, source: { ...GOOD.source, path: "package/../../a" } }] }],
    ["an older kind of hash", { assets: [{ ...GOOD, source: { ...GOOD.source, integrity: "sha1-AAAA" } }] }],
    ["no source", { assets: [{ file: GOOD.file, sha256: GOOD.sha256 }] }],
  ])("is refused with %s", (_what, content) => {
    expect(() => readManifest(manifest(content), "assets")).toThrow(
      expect.objectContaining({ code: "SETUP_MANIFEST" }),
    );
  });
});

describe("the manifests of this repository", () => {
  it.each([
    ["config/models.json", "models", 4],
    ["config/demo-assets.json", "assets", 9],
  ])("%s names exact packages and hashes", (path, list, count) => {
    const assets = readManifest(path, list);
    expect(assets).toHaveLength(count);
    expect(new Set(assets.map((asset) => asset.file)).size).toBe(count);
  });
});
