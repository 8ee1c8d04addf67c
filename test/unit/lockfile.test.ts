import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

interface Entry {
  readonly resolved?: string;
  readonly hasInstallScript?: boolean;
  readonly integrity?: string;
  readonly link?: boolean;
  readonly optionalDependencies?: Record<string, string>;
}

const lock: { packages: Record<string, Entry> } = JSON.parse(readFileSync("package-lock.json", "utf8"));
const entries = Object.entries(lock.packages);

/** Where Node would look for a package from inside another, nearest first. */
function places(from: string, name: string): string[] {
  const parts = from.split("/node_modules/");
  const parents = parts.map((_, index) => parts.slice(0, parts.length - index).join("/node_modules/"));
  return [
    ...parents.filter((parent) => parent !== "").map((parent) => `${parent}/node_modules/${name}`),
    `node_modules/${name}`,
  ];
}

describe("the lockfile", () => {
  it("holds every platform's variant of a package, or npm ci fails on the platforms left out", () => {
    const missing = entries.flatMap(([from, entry]) =>
      Object.keys(entry.optionalDependencies ?? {})
        .filter((name) => !places(from, name).some((place) => place in lock.packages))
        .map((name) => `${name} (of ${from})`),
    );
    expect(missing).toEqual([]);
  });

  it("names no registry, so that every mirror will do", () => {
    expect(entries.filter(([, entry]) => entry.resolved !== undefined).map(([path]) => path)).toEqual([]);
  });

  it("has a hash for every package", () => {
    expect(
      entries.filter(([path, entry]) => path !== "" && !entry.integrity && !entry.link).map(([path]) => path),
    ).toEqual([]);
  });

  it("lets only one package run a script while it is installed, and knows the others that would", () => {
    const withScripts = entries.filter(([, entry]) => entry.hasInstallScript).map(([path]) => path);
    const known = withScripts.map((path) => path.replace("node_modules/", "")).sort();
    const manifest: { allowScripts: Record<string, boolean> } = JSON.parse(readFileSync("package.json", "utf8"));
    expect(manifest.allowScripts).toEqual({ "better-sqlite3": true, "onnxruntime-node": false, usearch: false });
    expect(known).toEqual(Object.keys(manifest.allowScripts).sort());
  });
});
