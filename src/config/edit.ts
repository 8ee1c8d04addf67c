import { isMap, isScalar, parseDocument, type YAMLMap } from "yaml";

/** The value under a plain key. */
function under(map: unknown, key: string): unknown {
  return isMap(map) ? map.items.find((item) => isScalar(item.key) && item.key.value === key)?.value : undefined;
}

/** Where a new key of this map goes, and what comes after it there. */
function placeIn(map: YAMLMap, text: string): { at: number; after: string } | null {
  const first = map.items[0]?.key;
  const at = isScalar(first) ? first.range?.[0] : undefined;
  if (at === undefined) return null;
  if (map.flow === true) return { at, after: ", " };
  const indent = text.slice(text.lastIndexOf("\n", at) + 1, at);
  return /^ *$/.test(indent) ? { at, after: `\n${indent}` } : null;
}

/**
 * The text of a configuration that was found good, with one key set and every other character as it was; null when the place cannot be
 * found (then a person has to change it). `value` is YAML in one line. The groups around the key must be there, except at the top.
 */
export function withKey(text: string, path: readonly string[], value: string): string | null {
  const document = parseDocument(text, {
    schema: "core",
    customTags: [{ tag: "!secret", resolve: (name: string) => name }],
  });
  const [key = "", ...rest] = [...path].reverse();
  const groups = rest.reverse();
  let map: unknown = document.contents;
  for (const [depth, group] of groups.entries()) {
    const inner = under(map, group);
    if (inner === undefined && depth === 0 && groups.length === 1 && isMap(map)) return atTheEnd(text, path, value);
    map = inner;
  }
  if (!isMap(map)) return null;
  const known = under(map, key);
  if (isScalar(known) && known.range != null)
    return `${text.slice(0, known.range[0])}${value}${text.slice(known.range[1])}`;
  if (known !== undefined) return null;
  const place = placeIn(map as YAMLMap, text);
  return place && `${text.slice(0, place.at)}${key}: ${value}${place.after}${text.slice(place.at)}`;
}

/** A section of its own, in brackets, behind everything else. */
function atTheEnd(text: string, path: readonly string[], value: string): string {
  const [section = "", ...inner] = path;
  const written = inner.reduceRight((inside, key) => `{ ${key}: ${inside} }`, value);
  return `${text.endsWith("\n") || text === "" ? text : `${text}\n`}${section}: ${written}\n`;
}
