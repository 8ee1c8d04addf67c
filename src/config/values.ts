import { z } from "zod";
import { hasControl, Secret, SecretReference, secretFaultOf, secretNameFault } from "#config/secret";
import { DURATION_PATTERN, parseDuration } from "#config/units";

/** What is said of a key besides its shape; goes into the JSON Schema and the reference. */
export interface KeyNote {
  readonly description: string;
  /** `live`: the next decision uses the new value. `restart-part`: the camera, door or connection it belongs to opens anew. */
  readonly reload: "live" | "restart-part";
  /** Set when the default is worked out instead of fixed: how. */
  readonly computed_default?: string;
}

/** What is wrong with a text, in words that follow the key's name, or null. Must not quote the text: it may hold a secret. */
type Fault = (text: string) => string | null;

/** Ids of cameras, doors, controllers and collections: safe in topics, file names and addresses. */
const ID_PATTERN = /^[a-z0-9_-]{1,64}$/;
const ID_WORDS = "must be 1 to 64 of a-z 0-9 _ -";

export function id(note: KeyNote) {
  return z
    .string()
    .regex(ID_PATTERN, { error: ID_WORDS })
    .meta({ ...note, range: "1 to 64 of a-z 0-9 _ -" });
}

/** The id in `cameras.<id>` and `doors.<id>`. */
export const idKey = z.string().regex(ID_PATTERN, { error: ID_WORDS });

/** A duration in the file, milliseconds after parsing. `from` and `to` are inclusive. */
export function duration(from: string, to: string, note: KeyNote) {
  const [least, most] = [parseDuration(from) ?? 0, parseDuration(to) ?? 0];
  return z
    .string({ error: ({ input }) => (typeof input === "number" ? "needs a unit, such as 500ms, 3s or 2m" : undefined) })
    .regex(DURATION_PATTERN, { error: "must be a duration such as 500ms, 3s or 2m" })
    .transform((text, context) => {
      const ms = parseDuration(text);
      if (ms !== null && ms >= least && ms <= most) return ms;
      context.addIssue({
        code: "custom",
        message: ms === null ? "must be whole milliseconds" : `must be ${from} to ${to}`,
      });
      return z.NEVER;
    })
    .meta({ ...note, range: `${from} to ${to}` });
}

export function number(from: number, to: number, note: KeyNote) {
  return z
    .number()
    .min(from)
    .max(to)
    .meta({ ...note, range: `${from} to ${to}` });
}

export function whole(from: number, to: number, note: KeyNote) {
  return z
    .int()
    .min(from)
    .max(to)
    .meta({ ...note, range: `${from} to ${to}` });
}

export function oneOf<const T extends readonly string[]>(words: T, note: KeyNote) {
  return z.enum(words).meta({ ...note });
}

export function yesOrNo(note: KeyNote) {
  return z.boolean({ error: "must be true or false" }).meta({ ...note });
}

/** Text judged by a function of its own. */
export function text(fault: Fault, note: KeyNote & { readonly range: string }) {
  return z
    .string()
    .superRefine((value, context) => {
      const message = fault(value);
      if (message !== null) context.addIssue({ code: "custom", message });
    })
    .meta({ ...note });
}

/** A user name. */
export function account(note: KeyNote) {
  return text((name) => oneLineFault(name, 128), { ...note, range: "1 to 128 characters" });
}

export function oneLineFault(value: string, longest: number): string | null {
  const fits = value.trim() !== "" && value.length <= longest && !hasControl(value);
  return fits ? null : `must be 1 to ${longest} characters on one line`;
}

/** A path, relative to the folder of the configuration file. */
export function path(note: KeyNote) {
  return text(pathFault, { ...note, range: "absolute, or relative to this file's folder" });
}

function pathFault(value: string): string | null {
  if (value === "") return "must not be empty";
  if (value.startsWith("~")) return "~ is not expanded here; write the whole path";
  if (hasControl(value) || value.length > 1024) return "must be a path of at most 1024 ordinary characters";
  return /^[A-Za-z]+:\/\//.test(value) ? "must be a path, not an address" : null;
}

/** Text or `!secret name`; a Secret or a SecretReference after parsing. */
export function secret(note: KeyNote) {
  return z
    .custom<string | SecretReference>((value) => typeof value === "string" || value instanceof SecretReference, {
      error: ({ input }) =>
        input === undefined || input === null ? undefined : "must be `!secret name`, or text in quotes",
    })
    .superRefine((value, context) => {
      const message = typeof value === "string" ? secretFaultOf(value) : secretNameFault(value.name);
      if (message !== null) context.addIssue({ code: "custom", message });
    })
    .transform((value) => (typeof value === "string" ? new Secret(value) : value))
    .meta({ ...note, type: "string", writeOnly: true });
}
