import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { covers, headersBesideNode, installKey } from "../../../scripts/install.mjs";

const RUNTIME = { abi: "115", platform: "linux", arch: "x64" };

describe("what an installation depends on", () => {
  const before = installKey("{}", RUNTIME);

  it.each([
    ["the lockfile", installKey("{ }", RUNTIME)],
    ["Node's ABI", installKey("{}", { ...RUNTIME, abi: "127" })],
    ["the processor", installKey("{}", { ...RUNTIME, arch: "arm64" })],
    ["the system", installKey("{}", { ...RUNTIME, platform: "darwin" })],
  ])("is another after a change of %s", (_what, after) => {
    expect(after).not.toEqual(before);
  });

  it("is the same for the same", () => {
    expect(installKey("{}", { ...RUNTIME })).toEqual(before);
  });
});

describe("an installation made by hand", () => {
  const lock = {
    packages: {
      "": { name: "limen" },
      "node_modules/a": { version: "1.0.0", integrity: "sha512-a" },
      "node_modules/b-for-another-system": { version: "2.0.0", integrity: "sha512-b", optional: true },
    },
  };
  const installed = (packages: Record<string, unknown>) => covers({ packages }, lock);

  it("counts when every package is there in the locked version", () => {
    expect(installed({ "node_modules/a": { version: "1.0.0", integrity: "sha512-a" } })).toBe(true);
  });

  it.each([
    ["a package is missing", {}],
    ["a version differs", { "node_modules/a": { version: "1.0.1", integrity: "sha512-a" } }],
    ["the content differs", { "node_modules/a": { version: "1.0.0", integrity: "sha512-x" } }],
    ["npm's record is torn", { "node_modules/a": "1.0.0" }],
  ])("does not count when %s", (_what, packages) => {
    expect(installed(packages)).toBe(false);
  });

  it("does not count without any record", () => {
    expect(covers({}, lock)).toBe(false);
  });
});

describe("Node's header files", () => {
  function prefix({ headers }: { headers: boolean }): string {
    const folder = mkdtempSync(join(tmpdir(), "limen-prefix-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    mkdirSync(join(folder, "bin"));
    writeFileSync(join(folder, "bin", "node"), "");
    if (headers) {
      mkdirSync(join(folder, "include", "node"), { recursive: true });
      writeFileSync(join(folder, "include", "node", "node_api.h"), "");
    }
    return folder;
  }

  it("are pointed out to node-gyp when they lie beside node", () => {
    const folder = prefix({ headers: true });
    expect(headersBesideNode({}, join(folder, "bin", "node"))).toEqual({ npm_config_nodedir: folder });
  });

  it("are left for node-gyp to find when they do not, or when somebody chose a place", () => {
    expect(headersBesideNode({}, join(prefix({ headers: false }), "bin", "node"))).toEqual({});
    const chosen = { npm_config_nodedir: "/opt/headers" };
    expect(headersBesideNode(chosen, join(prefix({ headers: true }), "bin", "node"))).toEqual({});
  });
});
