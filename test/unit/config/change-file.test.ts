import { lstat, mkdir, readdir, readFile, stat, symlink } from "node:fs/promises";
import { dirname } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { writeCamera, writeMinScore } from "#config/change-file";
import { loadConfig } from "#config/load";
import { type ConfigFolder, openConfigFolder, SMALL, smallEnvironment } from "./config-folder.js";

let folder: ConfigFolder;
let file: string;
const env = smallEnvironment();
const PASSWORD = 'p"w: #1';
beforeEach(async () => {
  folder = await openConfigFolder();
  file = await folder.write("limen.yaml", SMALL);
});
afterEach(() => folder[Symbol.asyncDispose]());

describe("the lowest score, written into the file", () => {
  it("holds from then on, and can be taken back", async () => {
    await writeMinScore(file, 0.875, { env });
    expect((await loadConfig(file, { env })).config.search.minScore).toBe(0.875);
    await writeMinScore(file, null, { env });
    expect((await loadConfig(file, { env })).config.search.minScore).toBeNull();
    expect(await readFile(file, "utf8")).toBe(`${SMALL}search: { min_score: auto }\n`);
  });

  it("that is none leaves the file as it was", async () => {
    await expect(writeMinScore(file, 3, { env })).rejects.toMatchObject({ code: "LIMEN_CONFIG_INVALID" });
    expect(await readFile(file, "utf8")).toBe(SMALL);
  });
});

it("a link where the draft goes is not followed: nothing but the configuration is written", async () => {
  const victim = await folder.write("victim", "untouched");
  await symlink(victim, folder.file(".limen.yaml.new"));
  await writeMinScore(file, 0.9, { env });
  expect(await readFile(victim, "utf8")).toBe("untouched");
  expect((await lstat(file)).isFile()).toBe(true);
  expect((await loadConfig(file, { env })).config.search.minScore).toBe(0.9);
  expect((await readdir(dirname(file))).sort()).toEqual(["limen.yaml", "victim"]);
});

describe("a camera, written into the file", () => {
  const camera = { id: "yard", address: "192.168.1.30", username: "limen", password: PASSWORD };

  it("is there from then on, its password beside it for the owner's eyes alone", async () => {
    await writeCamera(file, camera, { env });
    const { config } = await loadConfig(file, { env });
    expect(config.cameras.map(({ id }) => id)).toEqual(["yard", "front"]);
    expect(config.cameras[0]?.password?.reveal()).toBe(PASSWORD);
    expect(await readFile(file, "utf8")).not.toContain('p\\"w');
    expect((await stat(folder.file("secrets.yaml"))).mode & 0o777).toBe(0o600);
  });

  it("keeps the secrets there are", async () => {
    await folder.write("secrets.yaml", 'other: "x"', 0o600);
    await writeCamera(file, { ...camera, address: "rtsp://10.0.0.9/sub" }, { env });
    expect(await readFile(folder.file("secrets.yaml"), "utf8")).toBe(
      `other: "x"\nyard_camera: ${JSON.stringify(PASSWORD)}\n`,
    );
    expect((await loadConfig(file, { env })).config.cameras[0]?.rtsp).toBe("rtsp://10.0.0.9/sub");
  });

  it.each([
    ["has a name that is taken", { ...camera, id: "front" }],
    ["has an address that is none", { ...camera, address: "http://x" }],
    ["has a name that is none", { ...camera, id: "a b" }],
  ])("that %s changes neither file", async (_, wrong) => {
    await expect(writeCamera(file, wrong, { env })).rejects.toMatchObject({
      code: expect.stringMatching(/^LIMEN_CONFIG_/),
    });
    expect(await readFile(file, "utf8")).toBe(SMALL);
    await expect(stat(folder.file("secrets.yaml"))).rejects.toMatchObject({ code: "ENOENT" });
  });

  it("whose secret's name is taken changes neither file", async () => {
    await folder.write("secrets.yaml", "yard_camera: old\n", 0o600);
    await expect(writeCamera(file, camera, { env })).rejects.toMatchObject({ code: "LIMEN_CONFIG_SECRET" });
    expect(await readFile(folder.file("secrets.yaml"), "utf8")).toBe("yard_camera: old\n");
  });

  it("whose secret would be found elsewhere before it changes neither file: its password would never be used", async () => {
    const credentials = folder.file("credentials");
    await mkdir(credentials);
    await folder.write("credentials/yard_camera", "another");
    const serviced = { ...env, CREDENTIALS_DIRECTORY: credentials };
    await expect(writeCamera(file, camera, { env: serviced })).rejects.toMatchObject({ code: "LIMEN_CONFIG_SECRET" });
    expect(await readFile(file, "utf8")).toBe(SMALL);
    await expect(stat(folder.file("secrets.yaml"))).rejects.toMatchObject({ code: "ENOENT" });
  });

  it("has its password beside the file although all other secrets are credentials", async () => {
    const credentials = folder.file("credentials");
    await mkdir(credentials);
    const serviced = { ...env, CREDENTIALS_DIRECTORY: credentials };
    await writeCamera(file, camera, { env: serviced });
    expect((await loadConfig(file, { env: serviced })).config.cameras[0]?.password?.reveal()).toBe(PASSWORD);
  });
});
