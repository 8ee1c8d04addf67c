import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Change, changesBetween } from "#config/diff";
import { loadConfig } from "#config/load";
import { readPlain } from "#config/plain";
import { type ConfigFolder, openConfigFolder, SMALL, smallEnvironment } from "./config-folder.js";

let folder: ConfigFolder;
const env = smallEnvironment();
beforeEach(async () => {
  folder = await openConfigFolder();
});
afterEach(() => folder[Symbol.asyncDispose]());

async function plain(text: string) {
  return (await loadConfig(await folder.write("limen.yaml", text), { env })).plain;
}

async function changes(text: string): Promise<readonly Change[]> {
  return changesBetween(await plain(SMALL), await plain(text));
}

describe("two configurations", () => {
  it("that mean the same do not differ, however they are written", async () => {
    expect(await changes(`# a comment\n${SMALL}policy: {}\nlog: { level: info }\n`)).toEqual([]);
  });

  it("differ key by key, each with when it takes hold", async () => {
    const other = SMALL.replace("mode: shadow", "mode: normal")
      .replace("/sub,", "/main,")
      .replace("pulse: 3s", "pulse: 4s");
    expect(await changes(`${other}log: { level: debug }\n`)).toEqual([
      {
        path: "cameras.front.rtsp",
        before: "rtsp://192.168.1.20:554/sub",
        after: "rtsp://192.168.1.20:554/main",
        takes: "restart-part",
      },
      { path: "doors.front.controller.pulse", before: "3s", after: "4s", takes: "restart-part" },
      { path: "doors.front.mode", before: "shadow", after: "normal", takes: "live" },
      { path: "log.level", before: "info", after: "debug", takes: "restart-part" },
    ]);
  });

  it("differ by whole groups that are new: a door opens anew, hours are used at once", async () => {
    const more = `  back:
    camera: front
    collection: staff
    controller: { profile: limen_native, key: !secret front_door }
schedules: { day: { week: "mon-fri 08:00-18:00" } }
`;
    const found = await changes(SMALL + more);
    expect(found.map(({ path, before, takes }) => [path, before, takes])).toEqual([
      ["doors.back", null, "restart-part"],
      ["schedules.day", null, "live"],
    ]);
  });

  it("that are kept and read again are the same, and hold no secret", async () => {
    const now = await plain(SMALL);
    const kept = JSON.stringify(now);
    expect(changesBetween(readPlain(kept) ?? "nothing", now)).toEqual([]);
    for (const secret of Object.values(env)) expect(kept).not.toContain(secret);
    expect(kept).toContain("!secret front_door");
  });

  it("differ where another secret stands under the same name", async () => {
    const now = await plain(SMALL);
    expect(changesBetween(now, now, new Set(["cameras.front.password"]))).toEqual([
      {
        path: "cameras.front.password",
        before: "!secret front_camera",
        after: "!secret front_camera",
        takes: "restart-part",
      },
    ]);
  });

  it.each(["", "{", "[1", "undefined"])("cannot be read from %j", (text) => expect(readPlain(text)).toBeNull());
});
