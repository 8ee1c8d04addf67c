import { z } from "zod";
import { idKey } from "#config/values";
import type { Hours } from "#core/schedule";
import { isDate, MINUTES_A_DAY, WEEKDAYS, type Weekday } from "#core/wall-time";

/** Hours as they are written: `08:00-18:30`, over midnight `22:00-06:00`, to the day's end `18:00-24:00`. */
const HOURS = /^([01]\d|2[0-3]):([0-5]\d) ?- ?(?:([01]\d|2[0-3]):([0-5]\d)|(24):(00))$/;
const DAYS = /^([a-z]{3})(?: ?- ?([a-z]{3}))? +(?=\d)/;

const HOURS_WORDS = "must be hours such as 08:00-18:30, 22:00-06:00 or 00:00-24:00";
const WEEK_WORDS = "must be days and hours such as mon-fri 08:00-18:30";
const MOST = 32;

/** Null when the text is none; from 08:00 to 08:00 could mean nothing or everything, so it is none. */
function hoursIn(text: string): Hours | null {
  const [, fromHour, fromMinute, toHour, toMinute, midnight] = HOURS.exec(text) ?? [];
  if (fromHour === undefined) return null;
  const from = Number(fromHour) * 60 + Number(fromMinute);
  const to = midnight === undefined ? Number(toHour) * 60 + Number(toMinute) : MINUTES_A_DAY;
  return from === to ? null : { from, to };
}

/** The days a window is for, and the rest of the text; without days, every day. */
function daysIn(text: string): { readonly days: readonly Weekday[]; readonly rest: string } | null {
  const found = DAYS.exec(text);
  if (found === null) return { days: WEEKDAYS, rest: text };
  const [whole, first, last = first] = found;
  const from = WEEKDAYS.find((day) => day === first);
  const to = WEEKDAYS.find((day) => day === last);
  if (from === undefined || to === undefined) return null;
  const count = ((WEEKDAYS.indexOf(to) - WEEKDAYS.indexOf(from) + 7) % 7) + 1;
  const fromThenOn = [...WEEKDAYS, ...WEEKDAYS].slice(WEEKDAYS.indexOf(from));
  return { days: fromThenOn.slice(0, count), rest: text.slice(whole.length) };
}

function weekWindow(text: string): { readonly days: readonly Weekday[]; readonly hours: Hours } | null {
  const when = daysIn(text.trim());
  const hours = when === null ? null : hoursIn(when.rest);
  return when === null || hours === null ? null : { days: when.days, hours };
}

/** One text or several, each read by `read`, or told what it must be. */
function textsReadBy<T>(read: (text: string) => T | null, words: string) {
  const one = z.string({ error: words });
  const several = one.array().min(1).max(MOST);
  const isThere = (input: unknown): boolean => input !== undefined && input !== null;
  return z
    .union([one, several], { error: ({ input }) => (isThere(input) ? `${words}, or a list of them` : undefined) })
    .transform((given, context): T[] => {
      const texts = typeof given === "string" ? [given] : given;
      return texts.flatMap((text, i) => {
        const found = read(text);
        if (found !== null) return [found];
        context.addIssue({ code: "custom", message: words, path: typeof given === "string" ? [] : [i] });
        return [];
      });
    });
}

const week = textsReadBy(weekWindow, WEEK_WORDS).transform((windows): Partial<Record<Weekday, Hours[]>> => {
  const days: Partial<Record<Weekday, Hours[]>> = {};
  for (const window of windows) for (const day of window.days) days[day] = [...(days[day] ?? []), window.hours];
  return days;
});

const dateKey = z.string().superRefine((text, context) => {
  if (!isDate(text)) context.addIssue({ code: "custom", message: "must be a date such as 2026-12-24" });
});

const exceptionHours = textsReadBy(
  (text) => (text.trim() === "closed" ? [] : wrapped(hoursIn(text.trim()))),
  `${HOURS_WORDS}, or closed`,
).transform((days) => days.flat());

function wrapped(hours: Hours | null): Hours[] | null {
  return hours === null ? null : [hours];
}

const scheduleSection = z.strictObject({
  week: week.meta({
    description: "Days and hours: `mon-fri 08:00-18:30`, over midnight `sat 22:00-06:00`; without days, every day.",
    reload: "live",
    range: "one, or a list of up to 32",
  }),
  exceptions: z
    .record(dateKey, exceptionHours)
    .meta({
      description: "By date, what holds instead on that whole date: `closed`, or hours.",
      reload: "live",
      computed_default: "none",
    })
    .optional(),
});

/** The hours in `schedules.<name>`. */
export const schedulesSection = z.record(idKey, scheduleSection);
