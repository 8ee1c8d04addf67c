import { z } from "zod";
import { configSchema } from "#config/schema";

/** A node of the generated schema, as far as Limen reads its own. */
export type SchemaNode = z.core.JSONSchema.BaseSchema;

/**
 * JSON Schema of the configuration file, for editors and for the reference: draft 7, because that is what the YAML language
 * server knows best. Besides the standard words, keys carry `reload`, `range` and `computed_default`.
 */
export function configJsonSchema(): SchemaNode {
  const schema = z.toJSONSchema(configSchema, { io: "input", target: "draft-07", unrepresentable: "any" });
  return { ...schema, title: "Limen configuration" };
}
