import { z } from "zod";
import { imageList } from "#adapters/http/request-fields";

/** Fields of requests about people and collections. Unknown ones are ignored there: clients send whole records back. */

/** A text that may be left empty, which means none. */
const optionalText = (most: number) =>
  z
    .string()
    .trim()
    .max(most)
    .nullable()
    .transform((text) => (text === null || text === "" ? null : text));

const DATE = /^\d{4}-\d{2}-\d{2}(T.*)?$/;

/** The day as YYYY-MM-DD, or null when the calendar has no such day. */
function dayOf(year: number, month: number, day: number): string | null {
  const date = new Date(Date.UTC(year, month - 1, day));
  const exists = year >= 1800 && year <= 2200 && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return exists ? date.toISOString().slice(0, 10) : null;
}

const parts = z.object({ year: z.int(), month: z.int(), day: z.int() });
const dateText = "is a day as YYYY-MM-DD (or an ISO date and time, or {year, month, day})";

/** A day of birth in any of the forms clients write; "" and null mean unknown. */
export const dateOfBirth = z
  .union([z.string().regex(DATE), z.literal(""), parts, z.null()], { error: `date_of_birth ${dateText}` })
  .transform((given, context): string | null => {
    if (given === null || given === "") return null;
    const [year = 0, month = 0, day = 0] =
      typeof given === "string" ? given.slice(0, 10).split("-").map(Number) : [given.year, given.month, given.day];
    const known = dayOf(year, month, day);
    if (known === null) context.addIssue({ code: "custom", message: "date_of_birth is no day of the calendar" });
    return known;
  });

const gender = z
  .union([z.literal(["M", "F", "m", "f", ""]), z.null()], { error: 'gender is "M", "F" or null' })
  .transform((given): "M" | "F" | null =>
    given === null || given === "" ? null : given.toUpperCase() === "M" ? "M" : "F",
  );

const name = z.string().trim().min(1, { error: "name is empty" }).max(100, { error: "name is over 100 characters" });

const objectOfCollection = z.object({
  code: z.string().optional(),
  _id: z.string().optional(),
  id: z.string().optional(),
});

/** A collection by code or id, or as the object an answer held. */
export const collectionName = z
  .union([z.string().min(1).max(64), objectOfCollection], { error: "a collection is named by its code or id" })
  .transform((given, context): string => {
    const named = typeof given === "string" ? given : (given._id ?? given.id ?? given.code);
    if (named === undefined || named === "") {
      context.addIssue({ code: "custom", message: "a collection is named by its code or id" });
      return z.NEVER;
    }
    return named;
  });

export const personFields = {
  name,
  images: imageList,
  notes: optionalText(500),
  gender,
  date_of_birth: dateOfBirth,
  nationality: optionalText(100),
  collections: z.array(collectionName).max(100).meta({ description: "Codes or ids" }),
  status: z.enum(["active", "inactive"], { error: 'status is "active" or "inactive"' }),
};

export const collectionFields = {
  name: z.string().trim().min(1, { error: "name is empty" }).max(50, { error: "name is over 50 characters" }),
  description: optionalText(100),
  people: z
    .array(
      z
        .union([z.string().min(1), z.object({ _id: z.string() }), z.object({ id: z.string() })])
        .transform((given) => (typeof given === "string" ? given : "_id" in given ? given._id : given.id)),
    )
    .max(10_000)
    .meta({ description: "Ids; replaces who is in it" }),
};

/** A number in a query; whatever else stands there becomes `otherwise`, and it never leaves its range. */
export function clamped(least: number, most: number, otherwise: number) {
  return z
    .string()
    .transform((text) => (/^\d+$/.test(text) ? Math.min(most, Math.max(least, Number(text))) : otherwise));
}

/** One value or several of the same name, commas apart or not; empty ones do not count. */
export const severalTexts = z.union([z.string(), z.array(z.string())]).transform((given) =>
  [given]
    .flat()
    .flatMap((text) => text.split(","))
    .map((text) => text.trim())
    .filter((text) => text !== ""),
);
