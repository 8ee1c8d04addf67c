import type { z } from "zod";
import { configJsonSchema, type SchemaNode } from "#config/json-schema";
import { keysAt } from "#config/known-keys";
import type { KeyPath } from "#config/problem";
import { SecretReference } from "#config/secret";
import { nearest } from "#core/nearest";

/** A fault found by the schema, at the path it belongs to. `onKey`: it is the key itself that is wrong. */
export interface Fault {
  readonly path: KeyPath;
  readonly message: string;
  readonly onKey: boolean;
}

/** Words for an issue that has none of its own. Says what is expected; never what was found, which may be a secret. */
export function wordsFor(issue: z.core.$ZodRawIssue): string {
  const { input } = issue;
  if (input === undefined) return "is missing";
  if (input === null) return "has no value";
  if (input instanceof SecretReference) return "cannot be a secret";
  switch (issue.code) {
    case "invalid_type":
      return wrongKind(issue.expected, input);
    case "too_small":
      return `must ${issue.origin === "array" ? "have" : "be"} at least ${issue.minimum}`;
    case "too_big":
      return `must ${issue.origin === "array" ? "have" : "be"} at most ${issue.maximum}`;
    case "invalid_value": {
      const words = issue.values.map(String);
      const near = typeof input === "string" ? nearest(input, words) : null;
      return `must be ${words.join(", ").replace(/, ([^,]*)$/, " or $1")}${suggestion(near)}`;
    }
    case "invalid_union":
      return "profile" in Object(input) ? "must be text" : "is missing";
    // Texts, names and keys have words of their own: from the check that failed, or below.
    case "custom":
    case "invalid_element":
    case "invalid_format":
    case "invalid_key":
    case "not_multiple_of":
    case "unrecognized_keys":
      return "is not valid";
  }
}

const KINDS: Readonly<Record<string, string>> = {
  object: "must be a group of `key: value` lines",
  record: "must be a group of `name:` entries",
  array: "must be a list",
  tuple: "must be a pair [x, y]",
  number: "must be a number",
  int: "must be a whole number",
  string: "must be text",
};

function wrongKind(expected: string, input: unknown): string {
  const words = KINDS[expected] ?? "is not valid";
  return expected === "string" && typeof input !== "object" ? `${words}; put quotes round it` : words;
}

/** All faults of a schema error: one for each unknown key, and none for a missing key that was merely misspelt. `value` is what was checked. */
export function faultsOf(error: z.core.$ZodError, value: unknown): Fault[] {
  const schema = configJsonSchema();
  const unknown = error.issues.flatMap((issue) =>
    issue.code === "unrecognized_keys"
      ? issue.keys.map((key) => unknownKey(keyPath(issue.path), key, schema, value))
      : [],
  );
  const meant = new Set(unknown.map(({ fault, use }) => JSON.stringify([...fault.path.slice(0, -1), use])));
  const others = error.issues
    .filter((issue) => issue.code !== "unrecognized_keys")
    .map((issue) => ({ path: keyPath(issue.path), message: messageOf(issue), onKey: issue.code === "invalid_key" }))
    .filter(({ path, message }) => !(message === "is missing" && meant.has(JSON.stringify(path))));
  return [...unknown.map(({ fault }) => fault), ...others];
}

function unknownKey(
  parent: KeyPath,
  key: string,
  schema: SchemaNode,
  value: unknown,
): { fault: Fault; use: string | null } {
  const path = [...parent, key];
  const known = keysAt(parent, schema, value);
  const near = nearest(key, known);
  const list = near === null ? `; known here: ${known.join(", ")}` : suggestion(near);
  return { fault: { path, message: `is not a known key${list}`, onKey: true }, use: near };
}

function messageOf(issue: z.core.$ZodIssue): string {
  if (issue.code !== "invalid_key") return issue.message;
  const own = issue.issues.find(({ code }) => code === "custom");
  if (own !== undefined) return own.message;
  const key = String(issue.path.at(-1));
  const safe = key.toLowerCase().replace(/[^a-z0-9_-]+/g, "_");
  return `is not a possible name: use 1 to 64 of a-z 0-9 _ -${/^_*$/.test(safe) ? "" : suggestion(safe.slice(0, 64))}`;
}

function keyPath(path: readonly PropertyKey[]): KeyPath {
  return path.map((step) => (typeof step === "number" ? step : String(step)));
}

export function suggestion(word: string | null): string {
  return word === null ? "" : ` (did you mean "${word}"?)`;
}
