import { type Instant, instant } from "#core/instant";

/** Days of the week as a configuration writes them, in the order of the ISO week. */
export const WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
export type Weekday = (typeof WEEKDAYS)[number];

/** What the clock on the wall says. */
export interface WallTime {
  /** YYYY-MM-DD. */
  readonly date: string;
  /** Whole minutes since the clock showed 00:00, 0..1439; seconds are cut off. */
  readonly minute: number;
}

export const MINUTES_A_DAY = 1440;

const MINUTE_MS = 60_000;
const DAY_MS = MINUTES_A_DAY * MINUTE_MS;
/** Longer than any clock change, shorter than the time between two of them. */
const AROUND_MS = DAY_MS;

const formats = new Map<string, Intl.DateTimeFormat>();

/** Making one costs a hundred times more than using it; a site has one time zone, so the few there are stay. */
function formatFor(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known !== undefined) return known;
  const format = new Intl.DateTimeFormat("en-u-ca-iso8601-nu-latn", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
  });
  formats.set(timeZone, format);
  return format;
}

/** What a clock in this time zone shows at `at`; null for a time zone that does not exist and outside the years 1970 to 9998. */
export function wallTimeAt(at: Instant, timeZone: string): WallTime | null {
  try {
    const parts = new Map(
      formatFor(timeZone)
        .formatToParts(at)
        .map(({ type, value }) => [type, value]),
    );
    const date = `${parts.get("year")}-${parts.get("month")}-${parts.get("day")}`;
    return isDate(date) ? { date, minute: Number(parts.get("hour")) * 60 + Number(parts.get("minute")) } : null;
  } catch {
    return null;
  }
}

const midnightUtcMs = (date: string): number => Date.parse(`${date}T00:00:00Z`);

/** The day of the week of a YYYY-MM-DD; the same everywhere. */
export function weekdayOf(date: string): Weekday {
  const sundayFirst = new Date(midnightUtcMs(date)).getUTCDay();
  return WEEKDAYS[(sundayFirst + 6) % 7] ?? "mon";
}

/** The date so many days after a YYYY-MM-DD, by the calendar. */
export function daysAfter(date: string, days: number): string {
  return new Date(midnightUtcMs(date) + days * DAY_MS).toISOString().slice(0, 10);
}

/** True for a YYYY-MM-DD that is in the calendar, between 1970 and 9998. */
export function isDate(text: string): boolean {
  if (!/^(?:19[7-9]\d|[2-9]\d{3})-\d\d-\d\d$/.test(text) || text.startsWith("9999")) return false;
  const ms = midnightUtcMs(text);
  return Number.isFinite(ms) && new Date(ms).toISOString().startsWith(text);
}

/**
 * When the clock shows this: the first and the last instant, which differ by an hour when it is set back and shows the time twice.
 * A time that is skipped, when the clock is set forward, lies between the two, and `isShown` is false. The time zone must exist.
 */
export function instantsAt(
  { date, minute }: WallTime,
  timeZone: string,
): { readonly first: Instant; readonly last: Instant; readonly isShown: boolean } {
  const asIfUtcMs = midnightUtcMs(date) + minute * MINUTE_MS;
  const offsets = [-AROUND_MS, AROUND_MS].map((away) => offsetMs(asIfUtcMs + away, timeZone));
  const instants = offsets.map((offset) => asIfUtcMs - offset).toSorted((a, b) => a - b);
  const shown = instants.filter((ms) => ms + offsetMs(ms, timeZone) === asIfUtcMs);
  const all = shown.length > 0 ? shown : instants;
  return { first: instant(Math.min(...all)), last: instant(Math.max(...all)), isShown: shown.length > 0 };
}

/** How far the wall clock is ahead of UTC, in whole minutes of ms. */
function offsetMs(atMs: number, timeZone: string): number {
  const wall = wallTimeAt(instant(atMs), timeZone);
  if (wall === null) return 0;
  return midnightUtcMs(wall.date) + wall.minute * MINUTE_MS - Math.floor(atMs / MINUTE_MS) * MINUTE_MS;
}
