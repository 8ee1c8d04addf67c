import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { asset, copyOf, type FreshClone, MODEL, makeFreshClone, PICTURE, writeLock } from "../fixtures/fresh-clone";
import { type NpmRegistry, openNpmRegistry } from "../fixtures/npm-registry";

const READY = /^set-up: ready \(\d+(\.\d)? s\)\n$/;
const CLOSED_PORT = "http://127.0.0.1:9/";

let registry: NpmRegistry;
let fresh: FreshClone;
let ready: FreshClone;
/** What the running test works on: a copy of one of the two. */
let clone: FreshClone;

beforeAll(async () => {
  registry = await openNpmRegistry();
  fresh = makeFreshClone(registry);
  ready = copyOf(fresh, registry);
  expect((await ready.run()).exitCode).toBe(0);
});

afterAll(async () => {
  await registry[Symbol.asyncDispose]();
  fresh[Symbol.dispose]();
  ready[Symbol.dispose]();
});

const onFreshClones = () =>
  beforeEach(() => {
    clone = copyOf(fresh, registry);
    return () => clone[Symbol.dispose]();
  });

const onReadyClones = () =>
  beforeEach(() => {
    clone = copyOf(ready, registry);
    registry.stallArchives(false);
    return () => clone[Symbol.dispose]();
  });

const inCache = (path: string) => join(clone.cache, path);
const modelText = () => readFileSync(inCache("models/a.onnx"), "utf8");

/** Nothing but whole, checked files may ever be in these folders, whatever happened. */
function expectNothingHalfDone(): void {
  expect(existsSync(inCache("models/a.onnx"))).toBe(false);
  expect(existsSync(inCache("demo/b.jpg"))).toBe(false);
}

function forgetDownloads(): void {
  rmSync(inCache("models"), { recursive: true });
  rmSync(inCache("demo"), { recursive: true });
}

const emptyNpmCache = () => ({ npm_config_cache: join(clone.place, "empty") });

async function expectReady(): Promise<string> {
  const { exitCode, output } = await clone.run();
  expect(output).toMatch(/set-up: ready \(.*\)\n$/);
  expect(exitCode).toBe(0);
  expect(modelText()).toBe(MODEL);
  expect(readFileSync(inCache("demo/b.jpg"), "utf8")).toBe(PICTURE);
  expect(existsSync(join(clone.root, "dist/main.js"))).toBe(true);
  return output;
}

describe("set-up of a fresh clone", () => {
  onFreshClones();

  it("installs, compiles and downloads; run again it says ready and nothing else, and asks no network", async () => {
    const first = await expectReady();
    expect(first).toContain("set-up: npm packages: done");
    expect(first).toContain("set-up: program: done");
    expect(first).toContain("set-up: face models: downloading pictures@1.0.0");
    const asked = registry.requests.length;
    const second = await clone.run({ npm_config_registry: CLOSED_PORT });
    expect(second).toEqual({ exitCode: 0, output: expect.stringMatching(READY) });
    expect(registry.requests.length).toBe(asked);
    expect(readdirSync(clone.cache)).not.toContain("setup.lock");
    expect(readdirSync(inCache("tmp"))).toEqual([]);
  });

  it("waits its turn when two are started at once", async () => {
    const both = await Promise.all([clone.run(), clone.run()]);
    expect(both.map((one) => one.exitCode)).toEqual([0, 0]);
    expect(both.map((one) => one.output).join("")).toContain("set-up: waiting for another set-up");
    await expectReady();
  });

  it("takes over the lock of a set-up that died", async () => {
    mkdirSync(clone.cache);
    symlinkSync("999999999", inCache("setup.lock"));
    await expectReady();
  });
});

describe("set-up of a clone that changed", () => {
  onReadyClones();

  it("installs again when the lockfile asks for another version", async () => {
    const newer = registry.publish("tiny", "1.0.1", { "index.js": "" });
    writeLock(clone, "1.0.1", newer.integrity);
    expect(await expectReady()).toContain("set-up: npm packages: done");
    expect(readFileSync(join(clone.root, "node_modules/tiny/package.json"), "utf8")).toContain("1.0.1");
  });

  it("keeps an installation that somebody made by hand from the same lockfile", async () => {
    rmSync(join(clone.root, "node_modules/.limen-setup.json"));
    expect(await expectReady()).not.toContain("npm packages");
  });

  it("keeps the compiled program when the new source does not compile, and says where", async () => {
    const before = readFileSync(join(clone.root, "dist/main.js"), "utf8");
    clone.write("src/main.ts", "export const greeting: number = 'good day';\n");
    const { exitCode, output } = await clone.run();
    expect(exitCode).toBe(1);
    expect(output).toMatch(/SETUP_BUILD: the program did not compile[\s\S]*src\/main\.ts\(1,14\): error TS2322/);
    expect(readFileSync(join(clone.root, "dist/main.js"), "utf8")).toBe(before);
    clone.write("src/main.ts", "export const greeting = 5;\n");
    await expectReady();
    expect(readFileSync(join(clone.root, "dist/main.js"), "utf8")).toContain("5");
    expect(readdirSync(clone.root).filter((name) => name.startsWith("dist"))).toEqual(["dist"]);
  });

  it.each<[string, (path: string) => void]>([
    ["was deleted", (path) => rmSync(path)],
    ["was cut short", (path) => truncateSync(path, 100)],
    ["was altered without a change of size", (path) => writeFileSync(path, "x".repeat(MODEL.length))],
  ])("gets a model again that %s", async (_what, damage) => {
    damage(inCache("models/a.onnx"));
    expect(await expectReady()).toContain("set-up: face models: done");
  });

  it("does not download a model again that was only touched", async () => {
    utimesSync(inCache("models/a.onnx"), 1e9, 1e9);
    expect(await expectReady()).toMatch(READY);
  });
});

describe("a download that is not what was reviewed", () => {
  onReadyClones();

  it.each<[string, () => void]>([
    ["another package under the same name", () => useManifest(MODEL, `sha512-${"A".repeat(86)}==`)],
    ["another file in the right package", () => useManifest("not the model", undefined)],
  ])("is refused with SETUP_HASH: %s", async (_what, spoil) => {
    const good = readFileSync(join(clone.root, "config/models.json"), "utf8");
    spoil();
    forgetDownloads();
    const { exitCode, output } = await clone.run();
    expect(output).toContain("set-up: SETUP_HASH: ");
    expect(output).toContain("What to do: do not use the file");
    expect(exitCode).toBe(1);
    expectNothingHalfDone();
    clone.write("config/models.json", good);
    expect(await expectReady()).not.toContain("npm packages");
  });

  function useManifest(content: string, integrity: string | undefined): void {
    const { models } = JSON.parse(readFileSync(join(clone.root, "config/models.json"), "utf8"));
    const published: string = models[0].source.integrity;
    clone.write("config/models.json", {
      models: [asset("a.onnx", "package/model/a.onnx", content, integrity ?? published)],
    });
  }
});

describe("set-up without a network", () => {
  onReadyClones();

  it("ends with SETUP_NETWORK, what to do, and nothing installed; the next run completes", async () => {
    rmSync(join(clone.root, "node_modules"), { recursive: true });
    const { exitCode, output } = await clone.run({ ...emptyNpmCache(), npm_config_registry: CLOSED_PORT });
    expect(output).toContain("set-up: SETUP_NETWORK: npm ci failed: the npm registry could not be reached");
    expect(output).toContain("What to do: check the connection");
    expect(output).not.toMatch(/\n\s+at .*:\d+:\d+/);
    expect(exitCode).toBe(1);
    expect(existsSync(join(clone.root, "node_modules/.limen-setup.json"))).toBe(false);
    await expectReady();
  });

  it("says so too when only the models are missing", async () => {
    forgetDownloads();
    const { exitCode, output } = await clone.run({ ...emptyNpmCache(), npm_config_registry: CLOSED_PORT });
    expect(output).toContain("set-up: SETUP_NETWORK: downloading pictures@1.0.0 failed");
    expect(exitCode).toBe(1);
    await expectReady();
  });
});

describe("set-up that is interrupted in the middle of a download", () => {
  onReadyClones();

  async function interrupted(signal: "SIGKILL" | "SIGINT") {
    forgetDownloads();
    const before = registry.halfSent;
    registry.stallArchives(true);
    const running = clone.start(emptyNpmCache());
    await vi.waitFor(() => expect(registry.halfSent).toBe(before + 1), { timeout: 20_000 });
    running.child.kill(signal);
    const end = await running.ended;
    expectNothingHalfDone();
    registry.stallArchives(false);
    return end;
  }

  it("goes on from there after a kill", async () => {
    expect((await interrupted("SIGKILL")).exitCode).toBeNull();
    await expectReady();
  });

  it("cleans up on Ctrl-C, says how to go on, and goes on", async () => {
    const { exitCode, output } = await interrupted("SIGINT");
    expect(exitCode).toBe(130);
    expect(output).toMatch(/set-up: stopped; the same command goes on from here\n$/);
    expect(readdirSync(inCache("tmp"))).toEqual([]);
    expect(existsSync(inCache("setup.lock"))).toBe(false);
    await expectReady();
  });
});
