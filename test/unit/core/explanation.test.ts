import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { AccessPolicy, AccessWords } from "#core/access";
import { decide } from "#core/decision";
import { type Explanation, explain, localText } from "#core/explanation";
import { instant } from "#core/instant";
import { DOOR_MODES, type DoorMode, type PersonFacts } from "#core/policy";
import { ALWAYS, NEVER, type Schedule } from "#core/schedule";
import { LOCAL_SEARCH_BUDGET } from "#core/throttle";
import { addEvidence, openVisit } from "#core/visit";
import { accessPolicy, doorFacts, doorPolicy, evidenceAt, personFacts, situation } from "../../fakes/situations";

/** A Thursday, 13:30 in Berlin. */
const NOON = instant(Date.UTC(2026, 0, 15, 12, 30));
const NIGHTS: Schedule = {
  name: "nights",
  week: { wed: [{ from: 1320, to: 360 }], thu: [{ from: 1320, to: 1440 }], fri: [{ from: 1320, to: 0 }] },
  exceptions: { "2026-01-22": [{ from: 780, to: 840 }] },
};
const SILENT: AccessWords = { doors: null, schedule: null, validFrom: null, validUntil: null, offlineAllowed: null };

function told(access: Partial<AccessPolicy>, mode: DoorMode = "normal", person: Partial<PersonFacts> = {}, at = NOON) {
  return explain(
    doorPolicy({ mode, access: accessPolicy(access) }),
    personFacts("ada", { name: "Ada", ...person }),
    at,
  );
}
const lines = ({ steps }: Explanation): string[] =>
  steps.map(({ result, rule, layer, by, says }) => `${result} ${rule} | ${layer} ${by} | ${says}`);

describe("an explanation", () => {
  it("lists every rule, and says where nobody says anything", () => {
    const explanation = told({});
    expect(lines(explanation)).toEqual([
      "passes mode | door front | normal: opens for those who may pass",
      "passes person | person Ada | enrolled and active",
      "passes collection | door front | staff; Ada is in staff",
      "passes doors | nobody  | every door of their collections",
      "passes valid_from | nobody  | since ever",
      "passes valid_until | nobody  | for ever",
      "passes schedule | nobody  | at any hour",
    ]);
    expect(explanation).toMatchObject({ allowed: true, reason: "ok", groups: [], group: null });
    expect(explanation.decidedBy.rule).toBe("collection");
  });

  it("shows each layer, the one that decides, and those it overrules", () => {
    const explanation = told({
      siteSchedule: NEVER,
      doorSchedule: ALWAYS,
      groups: [{ ...SILENT, collection: "staff", doors: ["front", "back"], schedule: NIGHTS, validUntil: NOON }],
      persons: [{ ...SILENT, person: "Ada", validFrom: NOON, validUntil: instant(NOON + 60_000) }],
    });
    expect(lines(explanation).slice(3)).toEqual([
      "passes doors | group staff | front, back",
      "passes valid_from | person Ada | from Thu 2026-01-15 13:30 on",
      "passes valid_until | person Ada | until Thu 2026-01-15 13:31",
      "overruled valid_until | group staff | until Thu 2026-01-15 13:30",
      "refuses schedule | group staff | nights: until 06:00 from the evening before, 22:00-24:00 on Thu 2026-01-15",
      "overruled schedule | door front | always: 00:00-24:00 on Thu 2026-01-15",
      "overruled schedule | site  | never: closed on Thu 2026-01-15",
    ]);
    expect(explanation).toMatchObject({
      allowed: false,
      reason: "outside_schedule",
      groups: ["staff"],
      group: "staff",
    });
    expect(explanation.decidedBy).toMatchObject({ rule: "schedule", layer: "group", by: "staff" });
  });

  it("tells exceptions, and hours that end at midnight", () => {
    const week = instant(NOON + 7 * 86_400_000);
    const scheduleOn = (at: typeof NOON) => lines(told({ siteSchedule: NIGHTS }, "normal", {}, at)).at(-1);
    expect(scheduleOn(week)).toBe("passes schedule | site  | nights: 13:00-14:00 on Thu 2026-01-22, an exception");
    expect(scheduleOn(instant(NOON + 2 * 86_400_000))).toBe(
      "refuses schedule | site  | nights: closed on Sat 2026-01-17",
    );
  });

  it("says what free access waives", () => {
    const explanation = told(
      { siteSchedule: NEVER, persons: [{ ...SILENT, person: "ada", doors: [] }] },
      "free_access",
    );
    expect(lines(explanation).filter((line) => line.startsWith("waived"))).toEqual([
      "waived doors | person ada | none",
      "waived schedule | site  | never: closed on Thu 2026-01-15",
    ]);
    expect(explanation).toMatchObject({ allowed: true, reason: "ok" });
  });

  it.each<[string, string, ReturnType<typeof told>]>([
    ["mode", "door_disabled", told({}, "disabled")],
    ["mode", "door_locked_down", told({}, "locked_down")],
    ["person", "person_inactive", told({}, "normal", { active: false })],
    ["collection", "not_allowed_here", told({}, "normal", { collections: [] })],
    ["watch_list", "watch_list", told({ watchList: ["banned"] }, "normal", { collections: ["staff", "banned"] })],
    ["doors", "not_allowed_here", told({ persons: [{ ...SILENT, person: "ada", doors: [] }] })],
  ])("names the rule that refuses: %s", (rule, reason, explanation) => {
    expect(explanation).toMatchObject({ allowed: false, reason, decidedBy: { rule, result: "refuses" } });
  });

  it("does without a name, and without a time that can be told", () => {
    expect(told({ siteSchedule: ALWAYS }, "normal", { name: null }, instant(Number.NaN)).allowed).toBe(true);
    expect(lines(told({ siteSchedule: NIGHTS }, "normal", { name: null }, instant(Number.NaN))).at(-1)).toBe(
      "refuses schedule | site  | nights",
    );
    expect(localText(instant(Number.NaN), "UTC")).toBe("a time that cannot be told");
  });
});

it("says what the door would decide of the recognised person, whatever the rules are", () => {
  const words = fc.record({
    doors: fc.option(fc.subarray(["front", "back"]), { freq: 1 }),
    schedule: fc.option(fc.constantFrom(NIGHTS, ALWAYS, NEVER), { freq: 1 }),
    validFrom: fc.option(fc.constantFrom(instant(NOON - 1), instant(NOON + 1)), { freq: 1 }),
    validUntil: fc.option(fc.constantFrom(NOON, instant(NOON + 1)), { freq: 1 }),
    offlineAllowed: fc.constant(null),
  });
  const frames = [200, 100].map((age) => evidenceAt(10_000 - age, [["ada", 0.95]]));
  const visit = frames.reduce(addEvidence, openVisit(1, 9000, LOCAL_SEARCH_BUDGET));
  fc.assert(
    fc.property(
      fc.constantFrom(...DOOR_MODES),
      words,
      words,
      words,
      fc.subarray(["banned"]),
      fc.subarray(["staff", "cleaners", "banned"]),
      fc.boolean(),
      (mode, site, staff, own, watchList, collections, active) => {
        const access = accessPolicy({
          siteSchedule: site.schedule,
          groups: [
            { ...staff, collection: "staff" },
            { ...site, collection: "cleaners" },
          ],
          persons: [{ ...own, person: "Ada" }],
          watchList,
        });
        const policy = doorPolicy({ mode, access });
        const person = personFacts("ada", { name: "Ada", collections, active });
        const explanation = explain(policy, person, NOON);
        const verdict = decide(policy, situation(visit, 10_000, { people: [person], door: doorFacts({ at: NOON }) }));
        expect(verdict).toMatchObject({ result: explanation.allowed ? "grant" : "deny", reason: explanation.reason });
        const refuses = explanation.steps.some(({ result }) => result === "refuses");
        expect(refuses).toBe(!explanation.allowed);
        expect(explanation.decidedBy.result === "refuses").toBe(!explanation.allowed);
      },
    ),
    { numRuns: 500 },
  );
}, 30_000);
