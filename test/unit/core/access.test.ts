import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { type AccessPolicy, type AccessWords, isOfflineAllowed, judgeAccess } from "#core/access";
import { type Instant, instant } from "#core/instant";
import { type DoorFacts, type DoorPolicy, opensIn, type PersonFacts, refusalOf } from "#core/policy";
import { ALWAYS, NEVER, type Schedule } from "#core/schedule";
import { accessPolicy, doorFacts, doorPolicy, personFacts } from "../../fakes/situations";

/** A machine that does other things besides must not make these fail. */
vi.setConfig({ testTimeout: 30_000 });

const at = (text: string): Instant => instant(Date.parse(text));
/** A Thursday, 12:30 UTC, 13:30 in Berlin. */
const NOON = at("2026-01-15T12:30:00Z");
const hours = (name: string, from: number, to: number): Schedule => ({
  name,
  week: { thu: [{ from: from * 60, to: to * 60 }] },
  exceptions: {},
});
const OFFICE = hours("office", 8, 18);
const NIGHT = hours("night", 22, 6);
const SILENT: AccessWords = { doors: null, schedule: null, validFrom: null, validUntil: null, offlineAllowed: null };
const group = (collection: string, words: Partial<AccessWords>) => ({ collection, ...SILENT, ...words });
const one = (person: string, words: Partial<AccessWords>) => ({ person, ...SILENT, ...words });

/** Ada, of staff, at the front door. */
function refusal(
  access: Partial<AccessPolicy>,
  {
    person = {},
    door = {},
    policy = {},
  }: { person?: Partial<PersonFacts>; door?: Partial<DoorFacts>; policy?: Partial<DoorPolicy> } = {},
) {
  return refusalOf(
    doorPolicy({ access: accessPolicy(access), ...policy }),
    personFacts("ada", person),
    doorFacts({ at: NOON, ...door }),
  );
}

describe("never lets in", () => {
  it.each<[string, Partial<AccessPolicy>]>([
    ["outside the site's hours", { siteSchedule: NIGHT }],
    ["outside the door's hours, though the site's would allow", { siteSchedule: ALWAYS, doorSchedule: NIGHT }],
    [
      "outside the group's hours, though the door's would allow",
      { doorSchedule: ALWAYS, groups: [group("staff", { schedule: NIGHT })] },
    ],
    [
      "outside the person's hours, though the group's would allow",
      { groups: [group("staff", { schedule: ALWAYS })], persons: [one("ada", { schedule: NEVER })] },
    ],
    ["before the person is valid", { persons: [one("ada", { validFrom: instant(NOON + 1) })] }],
    ["from the moment the validity ends", { persons: [one("ada", { validUntil: NOON })] }],
    ["after the group's validity", { groups: [group("staff", { validUntil: NOON })] }],
  ])("%s", (_, access) => {
    expect(refusal(access)).toBe("outside_schedule");
  });

  it.each<[string, Partial<AccessPolicy>]>([
    ["whose own list of doors has not this one", { persons: [one("ada", { doors: ["back"] })] }],
    ["whose list of doors is empty", { persons: [one("ada", { doors: [] })] }],
    ["whose group's list has not this one", { groups: [group("staff", { doors: ["back"] })] }],
    [
      "whose own list is another, though the group's has this door",
      { groups: [group("staff", { doors: ["front"] })], persons: [one("ada", { doors: ["back"] })] },
    ],
  ])("somebody %s", (_, access) => {
    expect(refusal(access)).toBe("not_allowed_here");
  });

  it("somebody outside the door's collection, whatever lists of doors and free access say", () => {
    const access = {
      groups: [group("guests", { doors: ["front"] })],
      persons: [one("ada", { doors: ["front"], schedule: ALWAYS })],
    };
    const person = { collections: ["guests"] };
    expect(refusal(access, { person })).toBe("not_allowed_here");
    expect(refusal(access, { person, policy: { mode: "free_access" } })).toBe("not_allowed_here");
  });

  it("by a door's list and another group's hours put together", () => {
    const groups = [
      group("staff", { doors: ["front"], schedule: NIGHT }),
      group("cleaners", { doors: ["back"], schedule: OFFICE }),
    ];
    expect(refusal({ groups }, { person: { collections: ["staff", "cleaners"] } })).toBe("outside_schedule");
  });

  it("by validity dates of two groups put together", () => {
    const groups = [
      group("staff", { validUntil: instant(NOON - 1000) }),
      group("cleaners", { validFrom: instant(NOON + 1000) }),
    ];
    expect(refusal({ groups }, { person: { collections: ["staff", "cleaners"] } })).toBe("outside_schedule");
  });

  it("anybody by hours or dates when the clock is not trusted", () => {
    const door = { clockTrusted: false };
    expect(refusal({ siteSchedule: OFFICE }, { door })).toBe("clock_untrusted");
    expect(refusal({ persons: [one("ada", { validFrom: instant(0) })] }, { door })).toBe("clock_untrusted");
    expect(refusal({ persons: [one("ada", { validUntil: instant(9e15) })] }, { door })).toBe("clock_untrusted");
  });
});

describe("lets in", () => {
  it.each<[string, Partial<AccessPolicy>, Partial<PersonFacts>]>([
    ["when no layer says anything", {}, {}],
    ["inside the site's hours", { siteSchedule: OFFICE }, {}],
    ["by the door's word against the site's", { siteSchedule: NEVER, doorSchedule: OFFICE }, {}],
    [
      "by the group's word against the door's",
      { doorSchedule: NEVER, groups: [group("staff", { schedule: OFFICE })] },
      {},
    ],
    [
      "by the person's word against the group's",
      {
        groups: [group("staff", { doors: [], schedule: NEVER, validUntil: NOON })],
        persons: [one("ada", { doors: ["front"], schedule: ALWAYS, validUntil: instant(NOON + 1) })],
      },
      {},
    ],
    [
      "by one of several groups",
      { groups: [group("staff", { schedule: NIGHT }), group("cleaners", { schedule: OFFICE })] },
      { collections: ["staff", "cleaners"] },
    ],
    [
      "by the id's word against the name's",
      { persons: [one("Ada", { schedule: NEVER }), one("ada", { schedule: ALWAYS })] },
      { name: "Ada" },
    ],
    [
      "from the first moment of validity",
      { persons: [one("ada", { validFrom: NOON, validUntil: instant(NOON + 1) })] },
      {},
    ],
    [
      "when words are about others",
      { groups: [group("guests", { doors: [] })], persons: [one("ben", { schedule: NEVER })] },
      {},
    ],
  ])("%s", (_, access, person) => {
    expect(refusal(access, { person })).toBeNull();
  });

  it("whoever needs no clock while it is not trusted", () => {
    const door = { clockTrusted: false };
    expect(refusal({}, { door })).toBeNull();
    expect(refusal({ siteSchedule: OFFICE, persons: [one("ada", { schedule: ALWAYS })] }, { door })).toBeNull();
    const groups = [group("staff", { schedule: OFFICE }), group("cleaners", { schedule: ALWAYS })];
    expect(refusal({ groups }, { door, person: { collections: ["staff", "cleaners"] } })).toBeNull();
  });
});

it("everybody of one name is meant by it, and a word under the id completes it", () => {
  const persons = [one("Ada", { doors: ["back"], schedule: NEVER }), one("ada-1", { schedule: ALWAYS })];
  for (const id of ["ada-1", "ada-2"]) {
    expect(refusal({ persons }, { person: { id, name: "Ada" } }), id).toBe("not_allowed_here");
  }
  expect(refusal({ persons }, { person: { id: "ada-2", name: null } })).toBeNull();
});

describe("free access", () => {
  const policy = { mode: "free_access" } as const;
  it("opens, and waives hours and lists of doors for the collection's people", () => {
    expect(
      ["normal", "free_access", "shadow", "locked_down", "disabled"].map((mode) => opensIn(mode as never)),
    ).toEqual([true, true, false, false, false]);
    const access = { siteSchedule: NEVER, groups: [group("staff", { doors: ["back"], schedule: NIGHT })] };
    expect(refusal(access)).toBe("not_allowed_here");
    expect(refusal(access, { policy })).toBeNull();
    expect(refusal(access, { policy, door: { clockTrusted: false } })).toBeNull();
  });

  it.each<[string, Parameters<typeof refusal>]>([
    ["outside_schedule", [{ persons: [one("ada", { validUntil: NOON })] }]],
    ["clock_untrusted", [{ persons: [one("ada", { validUntil: NOON })] }, { door: { clockTrusted: false } }]],
    ["person_inactive", [{}, { person: { active: false } }]],
    ["camera_unhealthy", [{}, { door: { cameraHealthy: false } }]],
    ["rate_limited", [{}, { door: { mayOpenNow: false } }]],
  ])("does not waive %s", (reason, [access, rest = {}]) => {
    expect(refusal(access, { ...rest, policy })).toBe(reason);
  });
});

it("the refusal told is that of the group that came furthest", () => {
  const person = { collections: ["staff", "cleaners", "guests"] };
  const groups = [
    group("staff", { doors: ["back"] }),
    group("cleaners", { schedule: NIGHT }),
    group("guests", { validUntil: NOON }),
  ];
  const passage = { door: "front", isFree: false, at: NOON, clockTrusted: true };
  const route = judgeAccess(accessPolicy({ groups }), personFacts("ada", person), passage);
  expect(route).toMatchObject({ group: "cleaners", refusal: "outside_schedule" });
  expect(route.steps.map(({ rule, layer, refusal: why }) => [rule, layer, why])).toEqual([
    ["doors", "nobody", null],
    ["valid_from", "nobody", null],
    ["valid_until", "nobody", null],
    ["schedule", "group", "outside_schedule"],
  ]);
});

it("whoever may pass offline is told so by their own word, or by one of their groups", () => {
  const groups = [group("staff", { offlineAllowed: false }), group("cleaners", { offlineAllowed: true })];
  const persons = [one("Ben", { offlineAllowed: false }), one("ben-1", {}), one("cleo", { offlineAllowed: true })];
  const access = accessPolicy({ groups, persons });
  const allowed = (id: string, name: string, ...collections: string[]) =>
    isOfflineAllowed(access, { id, name, collections });
  expect(allowed("ada", "Ada")).toBe(false);
  expect(allowed("ada", "Ada", "staff")).toBe(false);
  expect(allowed("ada", "Ada", "staff", "cleaners")).toBe(true);
  expect(allowed("ben-1", "Ben", "cleaners")).toBe(false);
  expect(allowed("cleo", "Cleo", "staff")).toBe(true);
});

describe("for any rules", () => {
  const HALF = { freq: 1 };
  const schedule = fc.option(fc.constantFrom(OFFICE, NIGHT, ALWAYS, NEVER), HALF);
  const edge = fc.option(fc.constantFrom(NOON - 1, NOON, NOON + 1).map(instant), HALF);
  const words = fc.record({
    doors: fc.option(fc.subarray(["front", "back"]), HALF),
    schedule,
    validFrom: edge,
    validUntil: edge,
    offlineAllowed: fc.option(fc.boolean()),
  });
  const anyAccess = fc.record({
    timeZone: fc.constantFrom("Europe/Berlin", "America/New_York"),
    siteSchedule: schedule,
    doorSchedule: schedule,
    groups: fc.uniqueArray(fc.tuple(fc.constantFrom("staff", "cleaners"), words), { selector: ([code]) => code }),
    persons: fc.uniqueArray(fc.tuple(fc.constantFrom("ada", "Ada L."), words), { selector: ([who]) => who }),
  });
  const anyPerson = fc.record({
    id: fc.constant("ada"),
    name: fc.constantFrom("Ada L.", null),
    active: fc.constantFrom(true, true, true, false),
    collections: fc.constantFrom<string[]>(["staff"], ["staff", "cleaners"], ["cleaners"]),
    lookAlike: fc.constant(false),
  });

  it("nobody passes against a word that is in force, and words that were overruled change nothing", () => {
    let [passed, refused] = [0, 0];
    fc.assert(
      fc.property(anyAccess, anyPerson, fc.boolean(), fc.boolean(), (drawn, person, clockTrusted, isFree) => {
        const groups = drawn.groups.map(([collection, said]) => ({ collection, ...said }));
        const persons = drawn.persons.map(([who, said]) => ({ person: who, ...said }));
        const access = { ...drawn, groups, persons, watchList: [] };
        const policy = doorPolicy({ access, mode: isFree ? "free_access" : "normal" });
        const mayPass = refusalOf(policy, person, doorFacts({ at: NOON, clockTrusted })) === null;
        // The other way round: each rule's word, group by group, looked for from the innermost layer outwards.
        const mine = [persons.find((p) => p.person === "ada"), persons.find((p) => p.person === person.name)];
        const theirs = groups.filter(({ collection }) => person.collections.includes(collection));
        const mayVia = (via: AccessWords | undefined): boolean => {
          const inner = [...mine, via].filter((said) => said !== undefined);
          const [doors] = inner.flatMap((said) => (said.doors === null ? [] : [said.doors]));
          const [since] = inner.flatMap((said) => said.validFrom ?? []);
          const [until] = inner.flatMap((said) => said.validUntil ?? []);
          const [when] = [...inner.map((said) => said.schedule), access.doorSchedule, access.siteSchedule].flatMap(
            (s) => s ?? [],
          );
          if (!isFree && doors !== undefined && !doors.includes("front")) return false;
          if (since !== undefined && (!clockTrusted || NOON < since)) return false;
          if (until !== undefined && (!clockTrusted || NOON >= until)) return false;
          if (isFree || when === undefined || when === ALWAYS) return true;
          // 13:30 in Berlin, 07:30 in New York.
          return clockTrusted && when === OFFICE && access.timeZone === "Europe/Berlin";
        };
        const may = theirs.length === 0 ? mayVia(undefined) : theirs.some(mayVia);
        expect(mayPass).toBe(person.active && person.collections.includes("staff") && may);
        if (mayPass) passed++;
        else refused++;
      }),
      { numRuns: 2000 },
    );
    expect(Math.min(passed, refused)).toBeGreaterThan(100);
  });
});
