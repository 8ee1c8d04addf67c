import { z } from "zod";
import { id, idKey, oneLineFault, yesOrNo } from "#config/values";
import { isDate } from "#core/wall-time";

const DATE = /^(\d{4}-\d\d-\d\d)(?:[ T]([01]\d|2[0-3]):([0-5]\d))?$/;
const MOST_DOORS = 64;
/** Each collection of the watch list is one more search for every face. */
const MOST_WATCHED = 4;

/** A time of the site's clock, as written: a date, or a date and a time of day. */
export interface WrittenTime {
  /** YYYY-MM-DD. */
  readonly date: string;
  /** Minutes of the day; null = the whole date is meant. */
  readonly minute: number | null;
}

/** Null when the text is no such time. */
export function timeIn(text: string): WrittenTime | null {
  const [, date, hour, minute] = DATE.exec(text) ?? [];
  if (date === undefined || !isDate(date)) return null;
  return { date, minute: hour === undefined ? null : Number(hour) * 60 + Number(minute) };
}

/** As the file writes it. */
export function timeText({ date, minute }: WrittenTime): string {
  if (minute === null) return date;
  const two = (number: number): string => String(number).padStart(2, "0");
  return `${date} ${two(Math.floor(minute / 60))}:${two(minute % 60)}`;
}

function time(description: string) {
  return z
    .string()
    .transform((text, context): WrittenTime => {
      const found = timeIn(text);
      if (found !== null) return found;
      context.addIssue({ code: "custom", message: "must be a date such as 2026-12-24, or 2026-12-24 18:00" });
      return z.NEVER;
    })
    .meta({
      description,
      reload: "live",
      range: "YYYY-MM-DD or YYYY-MM-DD HH:MM, in the site's time zone",
      computed_default: "none",
    });
}

export function scheduleName(description: string, computed_default: string) {
  return id({ description, reload: "live", computed_default });
}

/** Collections nobody of which is let in. */
export const watchList = z
  .array(id({ description: "Code of a collection.", reload: "restart-part" }))
  .max(MOST_WATCHED)
  .meta({
    description: "Collections nobody of which is let in, whatever else they are in; they are searched as well.",
    reload: "restart-part",
    range: "up to 4 collections",
    computed_default: "nobody",
  });

const access = z.strictObject({
  doors: z
    .array(id({ description: "Id of a door.", reload: "live" }))
    .max(MOST_DOORS)
    .meta({
      description: "Which doors they may use, of those whose collection they are in.",
      reload: "live",
      range: "up to 64 doors",
      computed_default: "every door whose collection they are in",
    })
    .optional(),
  schedule: scheduleName("When they may pass: a name from schedules, always or never.", "as the door's").optional(),
  valid_from: time("Not before this; a date begins at its 00:00.").optional(),
  valid_until: time("Not after this; a date counts to its end.").optional(),
  offline_allowed: yesOrNo({
    description: "May be let in on this computer's word alone while the search engine on the network is away.",
    reload: "live",
    computed_default: "false",
  }).optional(),
});

const personKey = z.string().superRefine((text, context) => {
  const fault = oneLineFault(text, 128);
  if (fault !== null) context.addIssue({ code: "custom", message: fault });
});

/** `groups.<collection code>`. */
export const groupsSection = z.record(idKey, access);
/** `persons.<id or exact name>`. */
export const personsSection = z.record(personKey, access);
