import { afterAll, beforeAll, expect, it } from "vitest";
import { loadConfig } from "#config/load";
import { summariseConfig } from "#config/summary";
import { type ConfigFolder, openConfigFolder, SMALL, smallEnvironment } from "./config-folder.js";

let folder: ConfigFolder;
beforeAll(async () => {
  folder = await openConfigFolder();
});
afterAll(() => folder[Symbol.asyncDispose]());

it("a summary says in short lines what a configuration means, and holds no secret", async () => {
  const env = smallEnvironment();
  const text = SMALL.replace("554/sub", "554/user=a&password=tr0ub4dor");
  const { config, defaulted } = await loadConfig(await folder.write("limen.yaml", text), { env });
  const lines = summariseConfig(config, defaulted);
  expect(lines).toEqual([
    "site    Studio, Europe/Berlin, data in /var/lib/limen",
    "camera  front: 192.168.1.20:554 as limen with a password, 640x360, 10 looks a second",
    "door    front: shadow, decides and records, opens nothing (mode: normal arms it); camera front, people of staff, controller front (limen_native, key front-1, 3s), 2 of 3 pictures must agree, liveness monitor",
    "search  local, ACCURATE, automatic threshold, within 400ms",
    "faces   from 48 px, no photos kept",
    "mqtt    127.0.0.1:1883, topics limen/…",
    "log     info",
    "default policy, search, faces, mqtt, api, http, log",
    "default cameras.front: detect_size, looks_per_second, decoder, zone, max_frame_age",
    "default doors.front: policy, second_factor",
    "default doors.front.controller: id, key_id",
  ]);
  const text2 = summariseConfig(config).join("\n");
  expect(text2).not.toContain("default ");
  for (const secret of ["tr0ub4dor", ...Object.values(env)]) expect(lines.join("\n")).not.toContain(secret);
});
