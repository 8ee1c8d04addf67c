import { configJsonSchema, type SchemaNode } from "#config/json-schema";

/** A key somebody must give for a controller of this profile. */
export interface ProfileKey {
  readonly name: string;
  readonly description: string;
  readonly isSecret: boolean;
}

/** Every profile a controller may have, each with the keys it cannot do without. */
export function profileKeys(): ReadonlyMap<string, readonly ProfileKey[]> {
  const doors = node(configJsonSchema().properties?.["doors"]);
  const controller = node(node(doors?.additionalProperties)?.properties?.["controller"]);
  const profiles = [...(controller?.oneOf ?? []), ...(controller?.anyOf ?? [])].map(node);
  return new Map(
    profiles.flatMap((profile) => {
      const name = node(profile?.properties?.["profile"])?.const;
      if (profile === null || typeof name !== "string") return [];
      const keys = (profile.required ?? []).filter((key) => key !== "profile");
      return [[name, keys.map((key) => keyOf(key, node(profile.properties?.[key])))]];
    }),
  );
}

function keyOf(name: string, schema: SchemaNode | null): ProfileKey {
  return { name, description: schema?.description ?? name, isSecret: schema?.writeOnly === true };
}

function node(value: SchemaNode | boolean | undefined): SchemaNode | null {
  return typeof value === "object" ? value : null;
}
