import fc from "fast-check";
import { DateTime } from "luxon";
import { describe, expect, it, vi } from "vitest";
import { instant } from "#core/instant";
import { ALWAYS, type Hours, isAlways, isInside, NEVER, type Schedule } from "#core/schedule";
import { daysAfter, instantsAt, isDate, type WallTime, WEEKDAYS, wallTimeAt, weekdayOf } from "#core/wall-time";

/** A machine that does other things besides must not make these fail. */
vi.setConfig({ testTimeout: 30_000 });

/** Zones with summer time in both halves of the year, at midnight, by half an hour, by odd offsets, and across the date line. */
const ODD_ZONES = [
  "Europe/Berlin",
  "America/New_York",
  "America/St_Johns",
  "America/Santiago",
  "America/Havana",
  "Africa/Cairo",
  "Africa/Casablanca",
  "Asia/Beirut",
  "Asia/Kathmandu",
  "Asia/Tehran",
  "Australia/Lord_Howe",
  "Pacific/Chatham",
  "Pacific/Apia",
  "Pacific/Kiritimati",
  "Antarctica/Troll",
  "UTC",
];
const ZONES = [...new Set([...ODD_ZONES, ...Intl.supportedValuesOf("timeZone")])];
const [FROM, TO] = [Date.UTC(2011, 0, 1), Date.UTC(2038, 0, 1)];

/** The instants in a zone's years at which its clock is changed, found by halving. */
function changesOf(zone: string): number[] {
  const offset = (ms: number): number => DateTime.fromMillis(ms, { zone }).offset;
  const found: number[] = [];
  const step = 10 * 86_400_000;
  for (let ms = Date.UTC(2023, 0, 1); ms < Date.UTC(2027, 0, 1); ms += step) {
    let [low, high] = [ms, ms + step];
    if (offset(low) === offset(high)) continue;
    while (high - low > 60_000) {
      const middle = Math.floor((low + high) / 120_000) * 60_000;
      if (offset(middle) === offset(low)) low = middle;
      else high = middle;
    }
    found.push(high);
  }
  return found;
}
const CHANGES = ODD_ZONES.flatMap((zone) => changesOf(zone).map((ms) => ({ zone, ms })));

/** Instants anywhere, and many round the changes of clocks, midnights and leap days. */
const anyWhen = fc.oneof(
  fc.record({ zone: fc.constantFrom(...ZONES), ms: fc.integer({ min: FROM, max: TO }) }),
  fc
    .record({ change: fc.constantFrom(...CHANGES), away: fc.integer({ min: -100_000, max: 100_000 }) })
    .map(({ change, away }) => ({ zone: change.zone, ms: change.ms + away * 1000 })),
  fc
    .record({
      zone: fc.constantFrom(...ODD_ZONES),
      day: fc.constantFrom("2024-02-28", "2024-02-29", "2024-03-01", "2025-12-31", "2026-01-01", "2027-02-28"),
      away: fc.integer({ min: -3, max: 3 }),
    })
    .map(({ zone, day, away }) => ({ zone, ms: DateTime.fromISO(day, { zone }).toMillis() + away * 30_000 })),
);

const minute = fc.oneof(fc.integer({ min: 0, max: 1439 }), fc.constantFrom(0, 60, 120, 150, 180, 1380, 1439));
const anyHours: fc.Arbitrary<Hours> = fc
  .tuple(minute, fc.oneof(minute, fc.constant(1440)))
  .map(([from, to]) => ({ from, to }));
const anyDay = fc.array(anyHours, { maxLength: 3 });
const anyWeek = fc.dictionary(fc.constantFrom(...WEEKDAYS), anyDay);

const dateAt = (ms: number, zone: string): string => DateTime.fromMillis(ms, { zone }).toISODate() ?? "";
const minuteText = (minutes: number): string =>
  `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;

/** The rule in other words: luxon reads the clock, and every minute of the hours is looked at one by one. */
function insideTheLongWay(schedule: Schedule, ms: number, zone: string): boolean {
  const now = DateTime.fromMillis(ms, { zone });
  const today = now.toISODate() ?? "";
  const yesterday = DateTime.fromISO(today, { zone: "UTC" }).plus({ days: -1 }).toISODate() ?? "";
  const holds = (date: string): readonly Hours[] =>
    schedule.exceptions[date] ??
    schedule.week[WEEKDAYS[DateTime.fromISO(date, { zone: "UTC" }).weekday - 1] ?? "mon"] ??
    [];
  const minutes = new Set<string>();
  for (const [date, isYesterday] of [
    [today, false],
    [yesterday, true],
  ] as const) {
    if (isYesterday && today in schedule.exceptions) continue;
    for (const { from, to } of holds(date)) {
      if (from === to) continue;
      const end = to < from ? to + 1440 : to;
      for (let at = from; at < end; at++) if (at >= 1440 === isYesterday) minutes.add(minuteText(at % 1440));
    }
  }
  return minutes.has(now.toFormat("HH:mm"));
}

describe("the clock on the wall", () => {
  it("reads as luxon reads it, everywhere and at every change", () => {
    fc.assert(
      fc.property(anyWhen, ({ zone, ms }) => {
        const now = DateTime.fromMillis(ms, { zone });
        expect(wallTimeAt(instant(ms), zone)).toEqual({ date: now.toISODate(), minute: now.hour * 60 + now.minute });
        expect(WEEKDAYS[now.weekday - 1]).toBe(weekdayOf(now.toISODate() ?? ""));
      }),
      { numRuns: 1500 },
    );
  });

  it("has no reading where there is no such zone or time", () => {
    expect(wallTimeAt(instant(0), "Mars/Olympus")).toBeNull();
    for (const ms of [Number.NaN, Number.POSITIVE_INFINITY, -1e15, 9e15, -1]) {
      expect(wallTimeAt(instant(ms), "UTC")).toBeNull();
    }
  });

  it("shows a time once, twice or never, as luxon finds it", () => {
    const seen = { once: 0, twice: 0, never: 0 };
    fc.assert(
      fc.property(anyWhen, fc.integer({ min: -150, max: 150 }), ({ zone, ms }, away) => {
        // A reading near the instant, which may be one that is skipped.
        const near = DateTime.fromMillis(ms, { zone });
        const asIfUtc = DateTime.fromISO(near.toFormat("yyyy-MM-dd'T'HH:mm"), { zone: "UTC" }).plus({ minutes: away });
        const wanted = asIfUtc.toFormat("yyyy-MM-dd'T'HH:mm");
        const wall: WallTime = { date: asIfUtc.toISODate() ?? "", minute: asIfUtc.hour * 60 + asIfUtc.minute };
        const { first, last, isShown } = instantsAt(wall, zone);
        const there = DateTime.fromISO(wanted, { zone });
        if (there.toFormat("yyyy-MM-dd'T'HH:mm") !== wanted) {
          seen.never++;
          expect(isShown).toBe(false);
          const [before, after] = [first, last].map((at) =>
            DateTime.fromMillis(at, { zone }).toFormat("yyyy-MM-dd'T'HH:mm"),
          );
          expect((before ?? "") < wanted && wanted < (after ?? "")).toBe(true);
          return;
        }
        const all = there.getPossibleOffsets().map((at) => at.toMillis());
        if (all.length > 1) seen.twice++;
        else seen.once++;
        expect({ first, last, isShown }).toEqual({ first: Math.min(...all), last: Math.max(...all), isShown: true });
      }),
      { numRuns: 1500 },
    );
    expect(Math.min(seen.once, seen.twice, seen.never)).toBeGreaterThan(0);
  });

  it("begins in 1970", () => {
    expect(instantsAt({ date: "1970-01-01", minute: 0 }, "UTC")).toEqual({ first: 0, last: 0, isShown: true });
  });

  it("knows the calendar", () => {
    expect(["2024-02-29", "2026-12-31", "1970-01-01"].every(isDate)).toBe(true);
    for (const text of [
      "2023-02-29",
      "2026-02-30",
      "2026-13-01",
      "2026-1-1",
      "1969-12-31",
      "9999-01-01",
      "today",
      "",
    ]) {
      expect(isDate(text), text).toBe(false);
    }
    expect(daysAfter("2024-02-28", 1)).toBe("2024-02-29");
    expect(daysAfter("2026-01-01", -1)).toBe("2025-12-31");
  });
});

describe("a schedule", () => {
  it("holds exactly the minutes that luxon's clock shows, for any hours, exceptions, zone and instant", () => {
    fc.assert(
      fc.property(anyWhen, anyWeek, fc.option(anyDay), fc.option(anyDay), ({ zone, ms }, week, today, yesterday) => {
        const date = dateAt(ms, zone);
        const before = daysAfter(date, -1);
        const exceptions = {
          ...(today === null ? {} : { [date]: today }),
          ...(yesterday === null ? {} : { [before]: yesterday }),
        };
        const schedule: Schedule = { name: "any", week, exceptions };
        expect(isInside(schedule, instant(ms), zone)).toBe(insideTheLongWay(schedule, ms, zone));
      }),
      { numRuns: 1500 },
    );
  });

  it("is what it looks like on days without a change of the clock: from its beginning to its end, over midnight too", () => {
    fc.assert(
      fc.property(anyWhen, anyHours, ({ zone, ms }, { from, to }) => {
        const now = DateTime.fromMillis(ms, { zone });
        const isQuiet = [-48, 48].every((h) => DateTime.fromMillis(ms + h * 3_600_000, { zone }).offset === now.offset);
        fc.pre(isQuiet && from !== to);
        const schedule: Schedule = {
          name: "one day",
          week: { [weekdayOf(dateAt(ms, zone))]: [{ from, to }] },
          exceptions: {},
        };
        const midnight = DateTime.fromISO(dateAt(ms, zone), { zone }).toMillis();
        const [begins, ends] = [midnight + from * 60_000, midnight + (to < from ? to + 1440 : to) * 60_000];
        for (const at of [begins - 1, begins, ms, ends - 1, ends]) {
          expect(isInside(schedule, instant(at), zone)).toBe(begins <= at && at < ends);
        }
      }),
      { numRuns: 600 },
    );
  });

  const BERLIN = "Europe/Berlin";
  const at = (text: string): ReturnType<typeof instant> => instant(Date.parse(text));
  const daily = (from: string, to: string, exceptions: Schedule["exceptions"] = {}): Schedule => {
    const minutes = (text: string): number => Number(text.slice(0, 2)) * 60 + Number(text.slice(3));
    const hours = [{ from: minutes(from), to: minutes(to) }];
    return { name: "x", week: Object.fromEntries(WEEKDAYS.map((day) => [day, hours])), exceptions };
  };

  it("skips what the clock skips, and has twice what it shows twice", () => {
    // 2026-03-29: 02:00 becomes 03:00 at 01:00 UTC. 2026-10-25: 03:00 becomes 02:00 at 01:00 UTC.
    const night = daily("02:00", "03:00");
    for (const utc of ["2026-03-29T00:59:59Z", "2026-03-29T01:00:00Z"])
      expect(isInside(night, at(utc), BERLIN)).toBe(false);
    for (const utc of ["2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"])
      expect(isInside(night, at(utc), BERLIN)).toBe(true);
    expect(isInside(night, at("2026-10-25T02:00:00Z"), BERLIN)).toBe(false);
  });

  it("ends at the first moment of its last minute", () => {
    const office = daily("08:00", "18:30");
    expect(isInside(office, at("2026-01-15T17:29:59.999Z"), BERLIN)).toBe(true);
    expect(isInside(office, at("2026-01-15T17:30:00Z"), BERLIN)).toBe(false);
  });

  it("that goes over midnight begins nothing on a closed day, and does not reach into one", () => {
    const closed = { "2026-12-24": [] };
    const night = daily("22:00", "06:00", closed);
    expect(isInside(night, at("2026-12-23T22:30:00Z"), BERLIN)).toBe(true);
    expect(isInside(night, at("2026-12-24T02:00:00Z"), BERLIN)).toBe(false);
    expect(isInside(night, at("2026-12-24T22:30:00Z"), BERLIN)).toBe(false);
    expect(isInside(night, at("2026-12-25T02:00:00Z"), BERLIN)).toBe(false);
    expect(isInside(night, at("2026-12-26T02:00:00Z"), BERLIN)).toBe(true);
  });

  it("that cannot be read never holds", () => {
    for (const [ms, zone] of [
      [Number.NaN, BERLIN],
      [0, "Mars/Olympus"],
    ] as const)
      expect(isInside(ALWAYS, instant(ms), zone)).toBe(false);
    expect(
      isInside({ name: "x", week: { thu: [{ from: 480, to: 480 }] }, exceptions: {} }, at("2026-01-15T07:00Z"), BERLIN),
    ).toBe(false);
  });

  it("of always needs no clock, of anything less does", () => {
    expect(isAlways(ALWAYS)).toBe(true);
    expect(isAlways(daily("00:00", "24:00"))).toBe(true);
    expect(isAlways(daily("00:00", "24:00", { "2026-12-24": [] }))).toBe(false);
    expect(isAlways({ ...ALWAYS, week: { ...ALWAYS.week, sun: [] } })).toBe(false);
    expect(isAlways(NEVER)).toBe(false);
    fc.assert(
      fc.property(anyWhen, ({ zone, ms }) => {
        expect(isInside(ALWAYS, instant(ms), zone)).toBe(true);
        expect(isInside(NEVER, instant(ms), zone)).toBe(false);
      }),
      { numRuns: 200 },
    );
  });
});
