import { existsSync, mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { runCommand } from "../../scripts/run-command.mjs";
import { ensureTools, missingTools } from "../../scripts/system-tools.mjs";
import { copyOf, type FreshClone, makeFreshClone } from "../fixtures/fresh-clone";
import { type NpmRegistry, openNpmRegistry } from "../fixtures/npm-registry";

let registry: NpmRegistry;
let fresh: FreshClone;
let clone: FreshClone;

beforeAll(async () => {
  registry = await openNpmRegistry();
  fresh = makeFreshClone(registry);
});

afterAll(async () => {
  await registry[Symbol.asyncDispose]();
  fresh[Symbol.dispose]();
});

beforeEach(() => {
  clone = copyOf(fresh, registry);
  return () => clone[Symbol.dispose]();
});

describe("missing system tools", () => {
  /** A PATH with nothing on it but what is named; links to the real programs. */
  function pathWith(...programs: string[]): string {
    const folder = join(clone.root, "bin");
    mkdirSync(folder);
    for (const program of programs) symlinkSync(program, join(folder, program.split("/").at(-1) ?? program));
    return folder;
  }

  it("stop a user who may not install them, with the exact command to type", async () => {
    const folders = [pathWith(process.execPath, "/bin/sh")];
    // Being there is all that is asked of it: nothing may be run.
    symlinkSync("/bin/sh", join(clone.root, "bin", "apt-get"));
    const options = {
      missing: missingTools({ compile: true, tests: false, extra: [], folders }),
      folders,
      isRoot: false,
      env: clone.env,
      logFile: join(clone.cache, "apt-get.log"),
      signal: new AbortController().signal,
      progress: { begin: () => expect.unreachable("nothing may be installed"), line: () => {} },
    };
    await expect(ensureTools(options)).rejects.toMatchObject({
      code: "SETUP_TOOL_MISSING",
      hint: expect.stringMatching(
        /\n {4}sudo apt-get update && sudo apt-get install -y --no-install-recommends ffmpeg mosquitto python3 make g\+\+$/,
      ),
    });
  });

  it("stop the set-up before anything else is done, where no apt is to be found", async () => {
    const { exitCode, output } = await clone.run({ PATH: pathWith(process.execPath, "/bin/sh") });
    expect(output).toMatch(/^set-up: SETUP_TOOL_MISSING: .*ffmpeg/);
    expect(output).not.toContain("apt-get");
    expect(exitCode).toBe(1);
    expect(existsSync(join(clone.root, "node_modules"))).toBe(false);
  });
});

describe("the command line", () => {
  it("refuses a flag it does not know", async () => {
    const args = ["scripts/setup.mjs", "--for-test"];
    const options = { cwd: clone.root, env: clone.env, signal: new AbortController().signal, timeoutMs: 20_000 };
    const { exitCode, output } = await runCommand(process.execPath, args, options);
    expect(output).toMatch(/^set-up: SETUP_USAGE: Unknown option '--for-test'/);
    expect(exitCode).toBe(1);
  });
});
