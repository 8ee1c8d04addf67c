import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { CommandContext } from "#commands/command";
import { init } from "#commands/init";
import { loadConfig } from "#config/load";
import { type ConfigFolder, openConfigFolder } from "../config/config-folder.js";

const NOBODY = "…";
let folder: ConfigFolder;
beforeEach(async () => {
  folder = await openConfigFolder();
});
afterEach(() => folder[Symbol.asyncDispose]());

/** Runs `limen init` with these answers; what was asked and told. */
async function answered(answers: readonly string[]) {
  const left = [...answers];
  const told: string[] = [];
  const hidden: string[] = [];
  const context: CommandContext = {
    env: {},
    print: (line) => told.push(line),
    write: () => {},
    note: (line) => told.push(line),
    ask: async (question, how) => {
      const answer = left.shift();
      if (how?.hidden === true) hidden.push(question);
      return answer === undefined || answer === NOBODY ? null : answer;
    },
    isTerminal: false,
    signal: new AbortController().signal,
  };
  const config = folder.file("limen.yaml");
  await init.run([], { config, "no-search": true }, context);
  return { config, told: told.join("\n"), hidden, left };
}

const CAMERA = ["192.168.1.20", "limen", 'a "hard: #password'];

describe("limen init", () => {
  it("writes a first configuration that is good, in which no door opens yet, and secrets nobody else can read", async () => {
    const { config, told, hidden, left } = await answered([
      "Casa",
      "Europe/Rome",
      ...CAMERA,
      "side",
      "makers",
      "",
      "",
      "",
    ]);
    expect(left).toEqual([]);
    const loaded = await loadConfig(config, { env: {} });
    expect(loaded.warnings).toEqual([]);
    expect(loaded.config.site).toMatchObject({ name: "Casa", timeZone: "Europe/Rome" });
    expect(loaded.config.cameras[0]).toMatchObject({ id: "side", onvif: "192.168.1.20", username: "limen" });
    expect(loaded.config.cameras[0]?.password?.reveal()).toBe(CAMERA[2]);
    expect(loaded.config.doors[0]).toMatchObject({ id: "side", collection: "makers", mode: "shadow" });
    expect(loaded.config.mqtt).toMatchObject({ url: "mqtt://127.0.0.1:1883", username: null });
    const secrets = folder.file("secrets.yaml");
    expect((await stat(secrets)).mode & 0o777).toBe(0o600);
    const key = /side_door: "([0-9a-f]{64})"/.exec(await readFile(secrets, "utf8"))?.[1] ?? "none";
    expect(told).not.toContain(key);
    expect(told).not.toContain("hard: #password");
    expect(hidden).toEqual(["  its password (not shown): "]);
  });

  it("asks again until an answer is one", async () => {
    const { told, config } = await answered([
      "",
      "Nowhere/Atall",
      "UTC",
      "http://x",
      "rtsp://u:p@h/s",
      "rtsp://h/s",
      "",
      "A Door",
      "",
      "",
      "magic",
      "tasmota",
      "",
      "tuer",
      "",
      "",
    ]);
    expect(told).toContain("that is no time zone");
    expect(told).toContain("that holds a user name or password");
    expect(told).toContain("that must be 1 to 64 of a-z");
    expect(told).toContain("that is none of limen_native, tasmota");
    expect(told).not.toContain("u:p@");
    expect((await loadConfig(config, { env: {} })).config.doors[0]).toMatchObject({
      id: "front",
      controller: { profile: "tasmota", topic: "tuer", relay: 1 },
    });
  });

  it.each(["limen.yaml", "secrets.yaml"])("leaves a %s that is there as it is, and writes nothing", async (name) => {
    await folder.write(name, "mine\n");
    await expect(answered(["", "UTC", ...CAMERA, "", "", "", "", ""])).rejects.toMatchObject({ code: "LIMEN_USAGE" });
    expect(await readFile(folder.file(name), "utf8")).toBe("mine\n");
    const other = name === "limen.yaml" ? "secrets.yaml" : "limen.yaml";
    await expect(stat(join(folder.path, other))).rejects.toMatchObject({ code: "ENOENT" });
  });

  it("writes nothing when the answers end, or are wrong five times", async () => {
    await expect(answered(["Casa", "UTC", NOBODY])).rejects.toThrow("nobody answered");
    await expect(answered(["Casa", "1", "2", "3", "4", "5"])).rejects.toThrow("five wrong answers");
    await expect(stat(folder.file("limen.yaml"))).rejects.toMatchObject({ code: "ENOENT" });
  });
});
