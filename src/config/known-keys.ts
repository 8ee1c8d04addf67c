import { configJsonSchema, type SchemaNode } from "#config/json-schema";
import type { KeyPath } from "#config/problem";

/** One key a file may hold. */
export interface KnownKey {
  /** `cameras.*.rtsp`; a star stands for an id of the user's choice. */
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

/** Names that may stand at this place of the file; empty where ids of the user's choice stand, or nothing. */
export function keysAt(path: KeyPath, schema: SchemaNode): readonly string[] {
  const node = path.reduce<SchemaNode | null>((at, step) => (at === null ? null : childOf(at, String(step))), schema);
  return node === null ? [] : Object.keys(propertiesOf(node));
}

/** Every key there is, in the order of the schema. */
export function allKeys(): readonly KnownKey[] {
  return keysUnder(configJsonSchema(), "");
}

/**
 * Keys that are not in `value` and have a default, as paths: a whole group that is missing counts once. Computed defaults
 * count, optional keys without one do not.
 */
export function defaultedIn(value: unknown, node: SchemaNode = configJsonSchema(), prefix = ""): string[] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [];
  const given = new Map(Object.entries(value));
  const missing = Object.entries(propertiesOf(node))
    .filter(([name, child]) => !given.has(name) && (child.default !== undefined || isComputed(child)))
    .map(([name]) => prefix + name);
  const inside = [...given].flatMap(([name, inner]) => {
    const child = childOf(node, name);
    return child === null ? [] : defaultedIn(inner, child, `${prefix}${name}.`);
  });
  return [...missing, ...inside];
}

function keysUnder(node: SchemaNode, prefix: string): KnownKey[] {
  const anyId = asNode(node.additionalProperties);
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

function childOf(node: SchemaNode, name: string): SchemaNode | null {
  const properties = propertiesOf(node);
  return (Object.hasOwn(properties, name) ? properties[name] : asNode(node.additionalProperties)) ?? null;
}

/** Keys of an object, or of all the shapes an object may take. */
function propertiesOf(node: SchemaNode): Readonly<Record<string, SchemaNode>> {
  const found: Record<string, SchemaNode> = {};
  for (const { properties } of optionsOf(node)) {
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
