import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { DoorConfig } from "#config/config";
import { loadConfig } from "#config/load";
import { ALWAYS, NEVER } from "#core/schedule";
import {
  type ConfigFolder,
  openConfigFolder,
  problemsIn,
  refusalOf,
  SMALL,
  smallEnvironment,
} from "./config-folder.js";

let folder: ConfigFolder;
beforeAll(async () => {
  folder = await openConfigFolder();
});
afterAll(() => folder[Symbol.asyncDispose]());

async function load(text: string) {
  const { config, warnings } = await loadConfig(await folder.write("limen.yaml", text), { env: smallEnvironment() });
  const [door] = config.doors;
  if (door === undefined) throw new Error("the file has a door");
  return {
    access: door.access,
    doors: config.doors,
    warnings: warnings.map(({ path, message }) => `${path} ${message}`),
  };
}

/** The hours that a text in `week:` means. */
async function weekOf(week: string): Promise<unknown> {
  const { access } = await load(`${SMALL}policy: { schedule: x }\nschedules: { x: { week: ${week} } }\n`);
  return access.siteSchedule?.week;
}

describe("hours", () => {
  it.each<[string, unknown]>([
    ["mon 08:00-18:30", { mon: [{ from: 480, to: 1110 }] }],
    ["sat - sun 00:00 - 24:00", { sat: [{ from: 0, to: 1440 }], sun: [{ from: 0, to: 1440 }] }],
    [
      "[fri 22:00-06:00, fri 08:00-12:00]",
      {
        fri: [
          { from: 1320, to: 360 },
          { from: 480, to: 720 },
        ],
      },
    ],
    ["sun-mon 23:00-00:00", { sun: [{ from: 1380, to: 0 }], mon: [{ from: 1380, to: 0 }] }],
  ])("%s", async (text, week) => {
    expect(await weekOf(text)).toEqual(week);
  });

  it("without days hold every day, as they do from a day round to the day before", async () => {
    const everyDay = Object.fromEntries(
      ["mon", "tue", "wed", "thu", "fri", "sat", "sun"].map((day) => [day, [{ from: 420, to: 1260 }]]),
    );
    expect(await weekOf("07:00-21:00")).toEqual(everyDay);
    expect(await weekOf("wed-tue 07:00-21:00")).toEqual(everyDay);
  });

  it("may differ on a date", async () => {
    const { access } = await load(`${SMALL}    schedule: x
schedules:
  x:
    week: mon-fri 08:00-18:00
    exceptions: { 2026-12-24: closed, 2026-12-31: 08:00-12:00, 2027-01-02: [10:00-12:00, 22:00-02:00] }
`);
    expect(access.doorSchedule).toMatchObject({
      name: "x",
      exceptions: {
        "2026-12-24": [],
        "2026-12-31": [{ from: 480, to: 720 }],
        "2027-01-02": [
          { from: 600, to: 720 },
          { from: 1320, to: 120 },
        ],
      },
    });
  });
});

it("groups and people have doors, hours and dates; a date begins at midnight there and counts to its end", async () => {
  const { access, warnings } = await load(`${SMALL}    schedule: never
groups:
  staff: { doors: [front], schedule: always, valid_from: 2026-03-29, valid_until: 2026-12-31 }
persons:
  Ada Lovelace: { doors: [], valid_until: 2026-12-31T18:00, offline_allowed: true }
  Zoë "Zo" d'Arc: { valid_until: 2026-10-25 02:30 }
`);
  expect(warnings).toEqual([]);
  const silent = { doors: null, schedule: null, validFrom: null, validUntil: null, offlineAllowed: null };
  expect(access).toEqual({
    timeZone: "Europe/Berlin",
    siteSchedule: null,
    doorSchedule: NEVER,
    groups: [
      {
        ...silent,
        collection: "staff",
        doors: ["front"],
        schedule: ALWAYS,
        validFrom: Date.parse("2026-03-28T23:00Z"),
        validUntil: Date.parse("2026-12-31T23:00Z"),
      },
    ],
    persons: [
      {
        ...silent,
        person: "Ada Lovelace",
        doors: [],
        validUntil: Date.parse("2026-12-31T17:00Z"),
        offlineAllowed: true,
      },
      // The clock shows 02:30 twice: the first time ends it.
      { ...silent, person: 'Zoë "Zo" d\'Arc', validUntil: Date.parse("2026-10-25T00:30Z") },
    ],
    watchList: [],
  });
});

it("a validity begins at the second of two readings, and after a reading that is skipped", async () => {
  const { access } = await load(`${SMALL}persons:
  twice: { valid_from: 2026-10-25 02:30 }
  skipped: { valid_from: 2026-03-29 02:30, valid_until: 2026-03-30 }
  skipped too: { valid_until: 2026-03-29 02:30 }
`);
  expect(access.persons.map(({ validFrom, validUntil }) => validFrom ?? validUntil)).toEqual([
    Date.parse("2026-10-25T01:30Z"),
    Date.parse("2026-03-29T01:30Z"),
    Date.parse("2026-03-29T00:30Z"),
  ]);
});

it("a door may have a watch list of its own, or none", async () => {
  const door = (id: string, list: string) => `  ${id}:
    camera: front
    collection: staff
    controller: { profile: limen_native, key: !secret front_door }
    policy: { watch_list: ${list} }
`;
  const { doors } = await load(
    `${SMALL}${door("back", "[]")}${door("side", "[thieves]")}policy: { watch_list: [banned] }\n`,
  );
  const lists = doors.map(({ access: { watchList } }: DoorConfig) => watchList);
  expect(lists).toEqual([["banned"], [], ["thieves"]]);
});

const HOURS = "must be days and hours such as mon-fri 08:00-18:30";
const schedule = (inner: string): string => `${SMALL}policy: { schedule: x }\nschedules: { x: { ${inner} } }\n`;
const week = (text: string): string => schedule(`week: ${text}`);

describe("a file is refused at the right place, with what to do,", () => {
  it.each<[string, string, string[]]>([
    ["for an hour there is not", week("mon 08:00-25:00"), [`11:25 schedules.x.week: ${HOURS}`]],
    ["for hours past the day's end", week("mon 08:00-24:01"), [HOURS]],
    ["for a beginning at 24:00", week("mon 24:00-08:00"), [HOURS]],
    ["for hours that end where they begin", week("mon 08:00-08:00"), [HOURS]],
    ["for a day there is not", week("[mon 08:00-09:00, mo-fr 08:00-18:00]"), [`schedules.x.week[1]: ${HOURS}`]],
    ["for a half named range of days", week("mon-foo 08:00-18:00"), [HOURS]],
    ["for no hours", week("mon"), [HOURS]],
    ["for words", week("weekdays"), [HOURS]],
    ["for a number", week("8"), [`${HOURS}, or a list of them`]],
    ["for an empty list", week("[]"), ["schedules.x.week: must have at least 1"]],
    ["for closed on a weekday", week("mon closed"), [HOURS]],
    ["for exceptions alone", schedule("exceptions: { 2026-12-24: closed }"), ["schedules.x.week: is missing"]],
    [
      "for a date there is not",
      schedule("week: 08:00-18:00, exceptions: { 2026-02-30: closed }"),
      ["schedules.x.exceptions.2026-02-30: must be a date such as 2026-12-24"],
    ],
    [
      "for an exception that is none",
      schedule("week: 08:00-18:00, exceptions: { 2026-12-24: shut }"),
      ["schedules.x.exceptions.2026-12-24: must be hours such as 08:00-18:30, 22:00-06:00 or 00:00-24:00, or closed"],
    ],
    [
      "for a name that has a meaning",
      `${SMALL}schedules: { always: { week: 08:00-18:00 } }\n`,
      ["10:22 schedules.always: is a name with a meaning already"],
    ],
    [
      "for a schedule that is not there",
      `${SMALL}    schedule: ofice\nschedules: { office: { week: 08:00-18:00 } }\n`,
      ['10:15 doors.front.schedule: there is no schedule "ofice" (did you mean "office"?)'],
    ],
    [
      "for schedules that are not there",
      `${SMALL}policy: { schedule: a }\ngroups: { g: { schedule: b } }\npersons: { p: { schedule: c } }\n`,
      [
        '10:21 policy.schedule: there is no schedule "a"; there is always, never',
        '11:26 groups.g.schedule: there is no schedule "b"',
        '12:27 persons.p.schedule: there is no schedule "c"',
      ],
    ],
    [
      "for doors that are not there",
      `${SMALL}groups: { g: { doors: [front, frnt] } }\npersons: { p: { doors: [garage] } }\n`,
      [
        '10:31 groups.g.doors[1]: there is no door "frnt" (did you mean "front"?)',
        '11:25 persons.p.doors[0]: there is no door "garage"; there is front',
      ],
    ],
    [
      "for a time that is none",
      `${SMALL}persons: { p: { valid_from: tomorrow, valid_until: 2026-12-24 25:00 } }\n`,
      [
        "10:29 persons.p.valid_from: must be a date such as 2026-12-24, or 2026-12-24 18:00",
        "persons.p.valid_until: must be a date",
      ],
    ],
    [
      "for a validity that never holds",
      `${SMALL}groups: { g: { valid_from: 2026-12-25, valid_until: 2026-12-24 } }\npersons: { p: { valid_from: 2026-12-24 18:00, valid_until: 2026-12-24 18:00 } }\n`,
      ["groups.g.valid_until: is not after valid_from", "persons.p.valid_until: is not after valid_from"],
    ],
    [
      "for a nameless person",
      `${SMALL}persons: { " ": { doors: [] } }\n`,
      ["10:12 persons. : must be 1 to 128 characters on one line"],
    ],
    [
      "for a group that is no code",
      `${SMALL}groups: { Our Staff: { doors: [] } }\n`,
      ['groups.Our Staff: is not a possible name: use 1 to 64 of a-z 0-9 _ - (did you mean "our_staff"?)'],
    ],
    [
      "for too long a watch list",
      `${SMALL}policy: { watch_list: [a, b, c, d, e] }\n`,
      ["10:23 policy.watch_list: must have at most 4"],
    ],
    [
      "for watching the door's own people",
      `${SMALL}policy: { watch_list: [staff] }\n`,
      ["10:23 policy.watch_list: holds staff, the people of the door front: nobody would ever be let in"],
    ],
    [
      "for watching them at one door",
      `${SMALL}    policy: { watch_list: [staff] }\n`,
      ["10:27 doors.front.policy.watch_list: holds staff"],
    ],
    [
      "for names and groups that the engine's roster cannot know",
      `${SMALL}groups: { staff: { doors: [] }, cleaners: { doors: [] } }
persons: { Ada: { doors: [] }, emp_17: { doors: [] } }
search: { engine: verifik, min_score: 0.85, verifik: { url: "https://api.example", token: !secret x, roster: engine } }\n`,
      [
        "groups.cleaners: is no door's collection: with the engine's roster",
        "persons.Ada: must be the engine's id: with its roster nobody here knows names",
      ],
    ],
    [
      "for a watch list with an engine that would not search it",
      `${SMALL}policy: { watch_list: [banned] }\nsearch: { engine: verifik, min_score: 0.85, verifik: { url: "https://api.example", token: !secret x } }\n`,
      ["10:23 policy.watch_list: needs engine: local"],
    ],
  ])("%s", async (_, text, expected) => {
    const error = await refusalOf(folder, text);
    const problems = problemsIn(error);
    expect(error.code, error.message).toBe("LIMEN_CONFIG_INVALID");
    expect(problems.length, error.message).toBe(expected.length);
    for (const [i, words] of expected.entries()) expect(problems[i]).toContain(words);
  });
});

it("warnings are given for a schedule that is used nowhere, and for a list of doors that lets in fewer than it seems to", async () => {
  const back =
    "  back: { camera: front, collection: makers, controller: { profile: limen_native, key: !secret front_door } }\n";
  const { warnings } = await load(
    `${SMALL}${back}schedules: { x: { week: 08:00-18:00 } }\ngroups: { staff: { doors: [front, back] } }\n`,
  );
  expect(warnings).toEqual([
    "schedules.x is used nowhere",
    "groups.staff.doors[1] lets in only those who are in makers as well, which is the collection of the door back",
  ]);
});
