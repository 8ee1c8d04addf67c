import { z } from "zod";
import { FAILURES, type FailureStatus } from "#adapters/http/api-error";
import type { Route } from "#adapters/http/route";
import { API_ROOT } from "#adapters/http/routes";

type Json = Readonly<Record<string, unknown>>;

const EVERY_ROUTE: readonly FailureStatus[] = [400, 401, 403, 429, 500, 503];

/** Parts that have a name of their own, by that name. */
type Named = Record<string, unknown>;

/** JSON Schema 2020-12, which is what OpenAPI 3.1 speaks, without the mark that says so; named parts move to `named`. */
function jsonSchemaOf(schema: z.ZodType, io: "input" | "output", named: Named): Json {
  const whole = z.toJSONSchema(schema, { io, target: "draft-2020-12", unrepresentable: "any" });
  const text = JSON.stringify(whole).replaceAll('"#/$defs/', '"#/components/schemas/');
  const { $schema: _, $defs, ...rest }: Named = JSON.parse(text);
  Object.assign(named, $defs);
  return rest;
}

const json = (schema: Json): Json => ({ "application/json": { schema } });

function parametersOf(route: Route, named: Named): readonly Json[] {
  const inPath = [...route.path.matchAll(/:(\w+)/g)].map(([, name]) => ({
    name,
    in: "path",
    required: true,
    schema: { type: "string" },
  }));
  const fields = route.query === null ? {} : (jsonSchemaOf(route.query, "input", named)["properties"] ?? {});
  const inQuery = Object.entries(fields).map(([name, schema]) => ({ name, in: "query", schema }));
  return [...inPath, ...inQuery];
}

function operationOf(route: Route, named: Named): Json {
  const failures = [...new Set([...EVERY_ROUTE, ...(route.failures ?? [])])].sort((a, b) => a - b);
  const parameters = parametersOf(route, named);
  return {
    operationId: route.name,
    summary: route.summary,
    "x-scope": route.scope,
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(route.body === null
      ? {}
      : { requestBody: { required: true, content: json(jsonSchemaOf(route.body, "input", named)) } }),
    responses: {
      ...(route.answer instanceof z.ZodNever
        ? {}
        : { 200: { description: "OK", content: json(jsonSchemaOf(route.answer, "output", named)) } }),
      ...Object.fromEntries(failures.map((status) => [status, { $ref: `#/components/responses/${status}` }])),
    },
  };
}

const ERROR = z.object({
  error: z.enum(Object.values(FAILURES)),
  message: z.string(),
  code: z.string(),
  data: z.unknown().optional(),
});

/** The OpenAPI 3.1 description of these routes, made of the very schemas that check requests. */
export function openApiOf(routes: readonly Route[], version: string): Json {
  const paths: Record<string, Record<string, Json>> = {};
  const schemas: Named = {};
  for (const route of routes) {
    const path = API_ROOT + route.path.replace(/:(\w+)/g, "{$1}");
    paths[path] = { ...paths[path], [route.method]: operationOf(route, schemas) };
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Limen",
      version,
      license: { name: "MIT", identifier: "MIT" },
      description: "Face search over the people enrolled on this box. Every request carries a bearer token.",
    },
    security: [{ token: [] }],
    paths,
    components: {
      securitySchemes: { token: { type: "http", scheme: "bearer" } },
      responses: Object.fromEntries(
        Object.entries(FAILURES).map(([status, description]) => [
          status,
          { description, content: json({ $ref: "#/components/schemas/Error" }) },
        ]),
      ),
      schemas: { ...schemas, Error: jsonSchemaOf(ERROR, "output", schemas) },
    },
  };
}
