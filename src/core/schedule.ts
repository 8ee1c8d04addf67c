import type { Instant } from "#core/instant";
import {
  daysAfter,
  MINUTES_A_DAY,
  type WallTime,
  WEEKDAYS,
  type Weekday,
  wallTimeAt,
  weekdayOf,
} from "#core/wall-time";

/**
 * Hours of one day, in minutes of the wall clock: from `from` (0..1439) to just before `to` (0..1440). A `to` that is not after
 * `from` is the next day's.
 */
export interface Hours {
  readonly from: number;
  readonly to: number;
}

/** When something holds: by the day of the week, and by the date for days that are different. Plain data. */
export interface Schedule {
  /** As the configuration calls it. */
  readonly name: string;
  /** A day that is missing has no hours. Hours over midnight belong to the day they begin on. */
  readonly week: Readonly<Partial<Record<Weekday, readonly Hours[]>>>;
  /** By YYYY-MM-DD; no hours = closed. On such a date nothing else holds, not even what began the evening before. */
  readonly exceptions: Readonly<Record<string, readonly Hours[]>>;
}

const WHOLE_DAY: Hours = { from: 0, to: MINUTES_A_DAY };

export const ALWAYS: Schedule = {
  name: "always",
  week: Object.fromEntries(WEEKDAYS.map((day) => [day, [WHOLE_DAY]])),
  exceptions: {},
};
export const NEVER: Schedule = { name: "never", week: {}, exceptions: {} };

/** True when no clock is needed to know the answer: every day from 00:00 to 24:00, no exception. */
export function isAlways({ week, exceptions }: Schedule): boolean {
  const isWhole = (day: Weekday): boolean =>
    week[day]?.some(({ from, to }) => from === 0 && to === MINUTES_A_DAY) === true;
  return WEEKDAYS.every(isWhole) && Object.keys(exceptions).length === 0;
}

/**
 * Is this instant inside the schedule's hours, in this time zone? What the clock on the wall shows decides: hours that are skipped
 * when it is set forward do not happen, hours that come twice when it is set back hold both times. False where there is no telling.
 */
export function isInside(schedule: Schedule, at: Instant, timeZone: string): boolean {
  const wall = wallTimeAt(at, timeZone);
  return wall !== null && isInsideAt(schedule, wall);
}

function isInsideAt(schedule: Schedule, { date, minute }: WallTime): boolean {
  const today = hoursOn(schedule, date).some(({ from, to }) => minute >= from && (minute < to || to < from));
  if (today || Object.hasOwn(schedule.exceptions, date)) return today;
  return hoursOn(schedule, daysAfter(date, -1)).some(({ from, to }) => to < from && minute < to);
}

/** The hours that begin on this date. */
export function hoursOn({ week, exceptions }: Schedule, date: string): readonly Hours[] {
  return (Object.hasOwn(exceptions, date) ? exceptions[date] : week[weekdayOf(date)]) ?? [];
}
