import { z } from "zod";
import type { ParsedFile } from "#config/schema";
import { Secret, SecretReference } from "#config/secret";

/** A configuration as data that may be kept and shown: defaults filled in, secrets by name only. */
export type Plain = string | number | boolean | null | readonly Plain[] | { readonly [key: string]: Plain };

const plain: z.ZodType<Plain> = z.lazy(() =>
  z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(plain), z.record(z.string(), plain)]),
);

/** What stands where the file holds a secret itself; two of them are told apart by their values, never by this. */
const HIDDEN = "[secret]";

export function plainOf(parsed: ParsedFile): Plain {
  return plainOfValue(parsed);
}

function plainOfValue(value: unknown): Plain {
  if (value instanceof Secret) return HIDDEN;
  if (value instanceof SecretReference) return `!secret ${value.name}`;
  if (Array.isArray(value)) return value.map(plainOfValue);
  if (typeof value === "object" && value !== null)
    return Object.fromEntries(
      Object.entries(value).flatMap(([key, inner]) => (inner === undefined ? [] : [[key, plainOfValue(inner)]])),
    );
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? value : null;
}

/** What somebody kept of a configuration, or null when it is none. */
export function readPlain(text: string): Plain | null {
  try {
    return plain.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}
