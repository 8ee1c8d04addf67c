import { configJsonSchema, type SchemaNode } from "#config/json-schema";
import type { KeyPath } from "#config/problem";

/** One key a file may hold. */
export interface KnownKey {
  /**
   * `cameras.*.rtsp`; a star stands for an id of the user's choice. Where the keys depend on a `profile`, its name stands in brackets:
   * `doors.*.controller[tasmota].topic`.
   */
  readonly path: string;
  readonly description: string;
  /** As written in the file; null when it has none or it is computed. */
  readonly default: string | null;
  readonly computedDefault: string | null;
  readonly range: string | null;
  readonly reload: string | null;
  readonly required: boolean;
  /** True for a key that holds further keys. */
  readonly isGroup: boolean;
}

/**
 * Names that may stand at this place of the file whose content is `value`; empty where ids of the user's choice stand, or nothing.
 * Where the keys depend on a `profile`, those of the profile that stands there.
 */
export function keysAt(path: KeyPath, schema: SchemaNode, value: unknown): readonly string[] {
  let node: SchemaNode | null = schema;
  let here = value;
  for (const step of path) {
    node = node === null ? null : childOf(node, String(step), here);
    here = new Map<string, unknown>(Object.entries(Object(here))).get(String(step));
  }
  return node === null ? [] : Object.keys(propertiesOf(node, here));
}

/** Every key there is, in the order of the schema. */
export function allKeys(): readonly KnownKey[] {
  return keysUnder(configJsonSchema(), "");
}

/**
 * Keys that are not in `value` and have a default, as paths: a whole group that is missing counts once. Computed defaults
 * count, optional keys without one do not, and neither do the keys of another `profile` than the one that is there.
 */
export function defaultedIn(value: unknown, node: SchemaNode = configJsonSchema(), prefix = ""): string[] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [];
  const given = new Map(Object.entries(value));
  const missing = Object.entries(propertiesOf(node, value))
    .filter(([name, child]) => !given.has(name) && (child.default !== undefined || isComputed(child)))
    .map(([name]) => prefix + name);
  const inside = [...given].flatMap(([name, inner]) => {
    const child = childOf(node, name, value);
    return child === null ? [] : defaultedIn(inner, child, `${prefix}${name}.`);
  });
  return [...missing, ...inside];
}

function keysUnder(node: SchemaNode, prefix: string): KnownKey[] {
  const anyId = asNode(node.additionalProperties);
  const profiles = [...(node.anyOf ?? []), ...(node.oneOf ?? [])].flatMap((option) => {
    const shape = asNode(option);
    const profile = shape === null ? null : profileIn(shape);
    return shape === null || profile === null ? [] : keysUnder(shape, `${prefix.slice(0, -1)}[${profile}].`);
  });
  if (profiles.length > 0) return profiles;
  const named = Object.entries(propertiesOf(node)).flatMap(([name, child]) => {
    const key: KnownKey = {
      path: prefix + name,
      description: child.description ?? "",
      default: child.default === undefined ? null : writtenAs(child.default),
      computedDefault: wordOf(child["computed_default"]),
      range: wordOf(child["range"]) ?? child.enum?.join(" | ") ?? wordOf(child.const),
      reload: wordOf(child["reload"]),
      required: optionsOf(node).some(({ required }) => required?.includes(name) === true),
      isGroup: Object.keys(propertiesOf(child)).length > 0 || asNode(child.additionalProperties) !== null,
    };
    return [key, ...keysUnder(child, `${prefix}${name}.`)];
  });
  return anyId === null ? named : [...named, ...keysUnder(anyId, `${prefix}*.`)];
}

function childOf(node: SchemaNode, name: string, value: unknown): SchemaNode | null {
  const properties = propertiesOf(node, value);
  return (Object.hasOwn(properties, name) ? properties[name] : asNode(node.additionalProperties)) ?? null;
}

/** Keys of an object, or of all the shapes an object may take; of those that go by a `profile`, the one that `value` names. */
function propertiesOf(node: SchemaNode, value?: unknown): Readonly<Record<string, SchemaNode>> {
  const found: Record<string, SchemaNode> = {};
  const given = new Map<string, unknown>(Object.entries(Object(value))).get("profile");
  for (const option of optionsOf(node)) {
    const profile = profileIn(option);
    if (typeof given === "string" && profile !== null && profile !== given) continue;
    const { properties } = option;
    for (const [name, child] of Object.entries(properties ?? {})) {
      const shape = asNode(child);
      if (shape !== null) found[name] = shape;
    }
  }
  return found;
}

function optionsOf(node: SchemaNode): SchemaNode[] {
  return [node, ...(node.anyOf ?? []), ...(node.oneOf ?? [])].map(asNode).filter((option) => option !== null);
}

/** The profile that a shape is for, when its keys depend on one. */
function profileIn({ properties }: SchemaNode): string | null {
  return wordOf(asNode(properties?.["profile"])?.const);
}

function asNode(node: SchemaNode | boolean | undefined): SchemaNode | null {
  return typeof node === "object" ? node : null;
}

function isComputed(node: SchemaNode): boolean {
  const words = wordOf(node["computed_default"]);
  return words !== null && words !== "none";
}

function wordOf(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

function writtenAs(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
