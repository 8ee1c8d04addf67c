import { isMap, isScalar, parseDocument, type YAMLMap } from "yaml";
import type { DoorMode } from "#core/policy";

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
 * The text of a configuration that was found good, with this door's mode changed and every other character as it was; null when the
 * place cannot be found (then a person has to change it).
 */
export function withDoorMode(text: string, door: string, mode: DoorMode): string | null {
  const document = parseDocument(text, {
    schema: "core",
    customTags: [{ tag: "!secret", resolve: (name: string) => name }],
  });
  const entry = under(under(document.contents, "doors"), door);
  if (!isMap(entry)) return null;
  const known = under(entry, "mode");
  if (isScalar(known) && known.range != null) {
    return `${text.slice(0, known.range[0])}${mode}${text.slice(known.range[1])}`;
  }
  const place = placeIn(entry as YAMLMap, text);
  return place && `${text.slice(0, place.at)}mode: ${mode}${place.after}${text.slice(place.at)}`;
}
