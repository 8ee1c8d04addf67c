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
    "default policy, schedules, groups, persons, search, faces, mqtt, home_assistant, remote, api, http, log",
    "default cameras.front: detect_size, looks_per_second, decoder, zone, max_frame_age",
    "default doors.front: contact, held_open_after, forced_alarm, schedule, policy, remote, second_factor",
    "default doors.front.controller: id, key_id",
  ]);
  const text2 = summariseConfig(config).join("\n");
  expect(text2).not.toContain("default ");
  for (const secret of ["tr0ub4dor", ...Object.values(env)]) expect(lines.join("\n")).not.toContain(secret);
});

it("hours, watch lists and words about single people are told, too", async () => {
  const text = `${SMALL}    schedule: office
policy: { watch_list: [banned] }
schedules: { office: { week: 08:00-18:00 } }
groups: { cleaners: { schedule: always } }
persons: { Ada: { doors: [front] } }
`;
  const { config } = await loadConfig(await folder.write("hours.yaml", text), { env: smallEnvironment() });
  const lines = summariseConfig(config);
  expect(lines[2]).toContain("people of staff, hours office, nobody of banned, controller");
  expect(lines[3]).toBe("access  with words of their own: group cleaners, 1 person (limen explain)");
});

it("says whom a door asks on the network, what for, and what it may cost", async () => {
  const env = { ...smallEnvironment(), LIMEN_SECRET_ENGINE: "t0ken" };
  const searchLines = async (search: string): Promise<string[]> => {
    const { config } = await loadConfig(await folder.write("limen.yaml", `${SMALL}search: ${search}\n`), { env });
    return summariseConfig(config).filter((line) => line.startsWith("search"));
  };
  const server = `url: "https://a.example/x", token: !secret engine`;
  expect(await searchLines(`{ engine: verifik, min_score: 0.9, deadline: 1s, verifik: { ${server} } }`)).toEqual([
    "search  on a.example:443, roster gallery, ACCURATE, threshold 0.9, within 1s, calls counted, not limited",
  ]);
  const caps = "caps: { per_minute: 5, per_month: 900 }";
  expect(
    await searchLines(`{ engine: both_agree, deadline: 300ms, verifik: { ${server}, min_score: 0.85, ${caps} } }`),
  ).toEqual([
    "search  on a.example:443, roster gallery, ACCURATE, threshold 0.85, within 2s, calls at most 5 a minute, 900 a month",
    "search  local, ACCURATE, automatic threshold, within 300ms; both must name the same person",
  ]);
  expect(await searchLines(`{ engine: verifik_then_local, verifik: { ${server}, min_score: 0.85 } }`)).toContain(
    "search  local, ACCURATE, automatic threshold, within 400ms; local only while the other is out",
  );
});
