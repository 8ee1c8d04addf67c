import { z } from "zod";
import { parsed } from "#adapters/console/people-forms";
import { isDate } from "#core/wall-time";
import type { AccessEntry, WrittenAccess } from "#core/written-access";
import { LimenError } from "#errors";

const NAME = /^[a-z0-9_-]{1,64}$/;
const date = z.string().refine((text) => text === "" || isDate(text), "must be a date");
const time = z.string().regex(/^(?:(?:[01]\d|2[0-3]):[0-5]\d)?$/, "must be a time of day");

const FORM = z.object({
  was: z.string().max(16_384),
  clear: z.literal("yes").optional(),
  from_date: date,
  from_time: time,
  until_date: date,
  until_time: time,
  schedule: z.string().regex(/^[a-z0-9_-]{0,64}$/),
  which: z.enum(["all", "these"]),
  doors: z.array(z.string().regex(NAME)).max(64),
  offline: z.enum(["", "yes", "no"]).default(""),
});

/** How an entry stands, for a form to say what it was filled in from. */
export function standingOf({ keys, access }: AccessEntry): string {
  return JSON.stringify([keys, access]);
}

function wrong(message: string, hint: string): LimenError {
  return new LimenError("LIMEN_PERSON_INVALID", message, { hint });
}

function timeOf(date: string, time: string, which: string): string | null {
  if (date !== "") return time === "" ? date : `${date} ${time}`;
  if (time === "") return null;
  throw wrong(`${which} has a time without a date`, "give it a date, or take the time away");
}

/**
 * What a form wants, null = that nothing is said any more; and what it was filled in from. What is not in the form stays as it is in the
 * entry. Throws LIMEN_PERSON_INVALID.
 */
export function accessOf(
  form: Readonly<Record<string, unknown>>,
  entry: AccessEntry,
): { readonly was: string; readonly access: WrittenAccess | null } {
  const { doors: ticked = [] } = form;
  const { was, clear, schedule, which, doors, offline, ...times } = parsed(FORM, { ...form, doors: [ticked].flat() });
  if (clear === "yes") return { was, access: null };
  if (which === "all" && doors.length > 0) {
    throw wrong("doors are ticked, and every door is chosen", "choose “only these”, or take the ticks away");
  }
  const validFrom = timeOf(times.from_date, times.from_time, "valid from");
  const validUntil = timeOf(times.until_date, times.until_time, "valid until");
  const [begin, end] = [`${times.from_date} ${times.from_time}`, `${times.until_date} ${times.until_time || "24:00"}`];
  if (validFrom !== null && validUntil !== null && begin >= end) {
    throw wrong(
      "valid until is not after valid from",
      "they would never be let in; for that there is the schedule never",
    );
  }
  const { asksOffline, access } = entry;
  return {
    was,
    access: {
      ...{ validFrom, validUntil },
      schedule: schedule === "" ? null : schedule,
      doors: which === "all" ? null : doors,
      offlineAllowed: asksOffline ? (offline === "" ? null : offline === "yes") : access.offlineAllowed,
    },
  };
}
