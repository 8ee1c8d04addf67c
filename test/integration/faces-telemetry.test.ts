import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { env } from "node:process";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openFaceFinder } from "#adapters/faces/finder";
import { readModelManifest } from "#adapters/faces/manifest";
import { SHIPPED_MANIFEST } from "#paths";
import { cached } from "../fixtures/cached.js";

// A file of its own: the runtime reads its surroundings once a process, at the first model.

/** Variables of build servers and test runs that alone would keep the runtime quiet. */
const QUIETERS = ["CI", "GITHUB_ACTIONS", "TF_BUILD", "ORT_RUNNING_UNIT_TESTS", "ORT_DISABLE_TELEMETRY"];
const before = { ...env };
let home: string;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "limen-home-"));
});

afterAll(async () => {
  for (const name of [...QUIETERS, "HOME", "XDG_CACHE_HOME"]) {
    const value = before[name];
    if (value === undefined) delete env[name];
    else env[name] = value;
  }
  await rm(home, { recursive: true });
});

it("the model runtime collects no usage data: it leaves no device id and no upload queue in the user's home", async () => {
  const manifest = await readModelManifest(SHIPPED_MANIFEST);
  const modelsDir = cached("models");
  for (const name of QUIETERS) delete env[name];
  env["HOME"] = home;
  env["XDG_CACHE_HOME"] = join(home, ".cache");
  await using finder = await openFaceFinder({ manifest, modelsDir, liveness: true });
  await finder.find({ width: 64, height: 48, rgb: new Uint8Array(64 * 48 * 3) });
  expect(await readdir(home)).toEqual([]);
});
