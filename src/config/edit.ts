import { isMap, isScalar, isSeq, type Pair, parseDocument, type YAMLMap } from "yaml";

/** Changes of a configuration that was found good: what is not meant stays as it was, character by character. */

function mapIn(text: string): unknown {
  const secret = { tag: "!secret", resolve: (name: string) => name };
  return parseDocument(text, { schema: "core", customTags: [secret], stringKeys: true }).contents;
}

function pairIn(map: unknown, key: string): Pair | undefined {
  return isMap(map) ? map.items.find((item) => isScalar(item.key) && item.key.value === key) : undefined;
}

/** The value under a plain key. */
function under(map: unknown, key: string): unknown {
  return pairIn(map, key)?.value;
}

/** Where this key, or the collection's first one, begins. */
function startOf(pair: Pair | undefined): number | null {
  return isScalar(pair?.key) ? (pair.key.range?.[0] ?? null) : null;
}

/** Where a value ends, without what follows it on its line; null where that cannot be told. */
function endOf({ key, value }: Pair, text: string): number | null {
  if (isScalar(value)) {
    if (value.type === "BLOCK_LITERAL" || value.type === "BLOCK_FOLDED") return null;
    if (value.source !== "" || value.type !== "PLAIN") return value.range?.[1] ?? null;
  }
  if (isMap(value) || isSeq(value)) {
    if (value.flow === true) return value.range?.[1] ?? null;
    const last = value.items.at(-1);
    if (last === undefined) return null;
    return isMap(value) ? endOf(last as Pair, text) : endOf({ key, value: last } as Pair, text);
  }
  const colon = isScalar(key) && key.range != null ? text.indexOf(":", key.range[1]) : -1;
  return colon === -1 ? null : colon + 1;
}

/** What stands before this place on its line, where that is nothing but spaces. */
function indentAt(text: string, at: number): string | null {
  const before = text.slice(text.lastIndexOf("\n", at - 1) + 1, at);
  return /^ *$/.test(before) ? before : null;
}

/** Text for a scalar, in quotes where it could be taken for something else. */
export function scalarText(text: string): string {
  return /^[a-z_][a-z0-9_-]*$/.test(text) && !/^(?:true|false|null|yes|no|on|off)$/.test(text)
    ? text
    : JSON.stringify(text);
}

/** A cut takes no comment along that stands inside of it. */
function takesComment(cut: string): boolean {
  return cut.includes("#") && cut.includes("\n");
}

function replaced(text: string, from: number, to: number, by: string): string {
  return text.slice(0, from) + by + text.slice(to);
}

/** The text with a new key in this map, before all others. */
function added(text: string, map: YAMLMap, key: string, value: string): string | null {
  const written = `${scalarText(key)}: ${value}`;
  const at = startOf(map.items[0]);
  if (at === null) {
    if (map.flow !== true || map.range == null) return null;
    const inside = map.range[0] + 1;
    return replaced(text, inside, inside, text[inside] === "}" ? ` ${written} ` : ` ${written}`);
  }
  if (map.flow === true) return replaced(text, at, at, `${written}, `);
  const indent = indentAt(text, at);
  return indent === null ? null : replaced(text, at, at, `${written}\n${indent}`);
}

/**
 * The text of a configuration that was found good, with one key set and every other character as it was; null when the place cannot be
 * found (then a person has to change it). `value` is YAML in one line. The groups around the key must be there, except at the top. A
 * list is replaced as a whole; a group of keys never is.
 */
export function withKey(text: string, path: readonly string[], value: string): string | null {
  const [key = "", ...rest] = [...path].reverse();
  const groups = rest.reverse();
  let map = mapIn(text);
  for (const [depth, group] of groups.entries()) {
    const inner = under(map, group);
    if (inner === undefined && depth === 0 && groups.length === 1 && isMap(map)) return section(text, map, path, value);
    map = inner;
  }
  if (!isMap(map)) return null;
  const pair = pairIn(map, key);
  if (pair === undefined) return added(text, map as YAMLMap, key, value);
  const known = pair.value;
  const end = endOf(pair, text);
  if (end === null || !isScalar(pair.key) || pair.key.range == null) return null;
  if (isSeq(known) && known.flow !== true) {
    const from = pair.key.range[1];
    return takesComment(text.slice(from, end)) ? null : replaced(text, from, end, `: ${value}`);
  }
  if (!(isScalar(known) || isSeq(known)) || known.range == null) return null;
  const cut = text.slice(known.range[0], end);
  return takesComment(cut) ? null : replaced(text, known.range[0], end, value);
}

/** A section of its own, in brackets, behind everything else. */
function section(text: string, map: YAMLMap, path: readonly string[], value: string): string | null {
  const [name = "", ...inner] = path;
  const written = inner.reduceRight((inside, key) => `{ ${scalarText(key)}: ${inside} }`, value);
  if (map.flow === true) return added(text, map, name, written);
  const first = startOf(map.items[0]);
  const indent = first === null ? "" : indentAt(text, first);
  // Behind a mark of the document's end nothing more is read.
  if (indent === null || /^\.\.\.(?:\s|$)/m.test(text)) return null;
  return `${text.endsWith("\n") || text === "" ? text : `${text}\n`}${indent}${name}: ${written}\n`;
}

/**
 * … with one key taken away, and its line where nothing else stands there. The last key of a group leaves `{}`. The same text when there
 * is no such key; null when it cannot be taken away without more.
 */
export function withoutKey(text: string, path: readonly string[]): string | null {
  const key = path.at(-1) ?? "";
  const map = path.slice(0, -1).reduce(under, mapIn(text));
  const pair = pairIn(map, key);
  if (pair === undefined || !isMap(map)) return text;
  const start = startOf(pair);
  const end = endOf(pair, text);
  if (start === null || end === null || takesComment(text.slice(start, end))) return null;
  const items = map.items as Pair[];
  const at = items.indexOf(pair);
  if (map.flow === true) return cutFromBrackets(text, { start, end, before: items[at - 1], after: items[at + 1] });
  if (items.length === 1) return replaced(text, start, end, "{}");
  const indent = indentAt(text, start);
  if (indent === null) return null;
  const newline = text.indexOf("\n", end);
  const lineEnd = newline === -1 ? text.length : newline + 1;
  const rest = text.slice(end, lineEnd);
  if (rest.trim() === "") return replaced(text, start - indent.length, lineEnd, "");
  return replaced(text, start, end + (rest.length - rest.trimStart().length), "");
}

function cutFromBrackets(
  text: string,
  { start, end, before, after }: { start: number; end: number; before: Pair | undefined; after: Pair | undefined },
): string | null {
  const next = startOf(after);
  if (next !== null) return text.slice(end, next).includes("#") ? null : replaced(text, start, next, "");
  const last = before === undefined ? null : endOf(before, text);
  if (last !== null) return text.slice(last, start).includes("#") ? null : replaced(text, last, end, "");
  if (before !== undefined) return null;
  const spaceBefore = /[ \t]*$/.exec(text.slice(0, start))?.[0].length ?? 0;
  const spaceAfter = /^[ \t]*,?[ \t]*/.exec(text.slice(end))?.[0].length ?? 0;
  return replaced(text, start - spaceBefore, end + spaceAfter, "");
}
