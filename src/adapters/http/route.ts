import { z } from "zod";
import { ApiError, type FailureStatus, invalid } from "#adapters/http/api-error";
import type { Scope } from "#adapters/http/api-parts";

export interface Call<B, Q> {
  readonly body: B;
  readonly query: Q;
  /** Parts of the path, by name. */
  readonly params: Readonly<Record<string, string>>;
  /** Name of the token it came with. */
  readonly caller: string;
  readonly signal: AbortSignal;
}

/** What a request holds before anybody has checked it. */
export type RawCall = Call<unknown, Readonly<Record<string, readonly string[]>>>;

interface RouteWords {
  readonly method: "get" | "post" | "put" | "delete";
  /** Below the API's root, with `:name` for its variable parts. */
  readonly path: string;
  /** Unique name, for programs made from the description. */
  readonly name: string;
  readonly summary: string;
  readonly scope: Scope;
  /** Failures beyond those every route has (400, 401, 403, 429, 500, 503). */
  readonly failures?: readonly FailureStatus[];
}

/** One line of the API: what it takes, what it answers, and the description is made of the same words. */
export interface Route extends RouteWords {
  readonly body: z.ZodType | null;
  readonly query: z.ZodType | null;
  readonly answer: z.ZodType;
  run(call: RawCall): Promise<unknown>;
}

export interface RouteSpec<B extends z.ZodType, Q extends z.ZodType, A extends z.ZodType> extends RouteWords {
  readonly body?: B;
  readonly query?: Q;
  readonly answer: A;
  handle(call: Call<z.output<B>, z.output<Q>>): Promise<z.input<A>>;
}

const MAX_TOLD = 200;

/** The first thing wrong, in one sentence that never repeats a value. */
function sentenceOf(error: z.core.$ZodError): { message: string; code: string } {
  const [issue] = error.issues;
  if (issue === undefined) return { message: "the request makes no sense", code: "INVALID_PARAMETERS" };
  const field = issue.path.map(String).join(".");
  if (issue.code === "unrecognized_keys") {
    return { message: `unknown field: ${issue.keys.join(", ")}`.slice(0, MAX_TOLD), code: "INVALID_PARAMETERS" };
  }
  if (field === "" && issue.code === "invalid_type") {
    return { message: "the request's body must be a JSON object", code: "INVALID_PARAMETERS" };
  }
  if (issue.code === "invalid_type" && /received undefined/.test(issue.message)) {
    return { message: `"${field}" is required`, code: "MissingParameter" };
  }
  const told = field === "" || issue.message.startsWith(field) ? issue.message : `${field}: ${issue.message}`;
  return { message: told.slice(0, MAX_TOLD), code: "INVALID_PARAMETERS" };
}

function parsed<T extends z.ZodType>(schema: T, value: unknown): z.output<T> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const { message, code } = sentenceOf(result.error);
  throw invalid(message, code);
}

/** A name that stands once in the query has a text, one that stands several times a list. */
function singles(query: RawCall["query"]): Record<string, string | readonly string[]> {
  return Object.fromEntries(
    Object.entries(query).map(([name, values]) => [name, values.length === 1 ? (values[0] ?? "") : values]),
  );
}

const NOTHING = z.unknown();

export function route<A extends z.ZodType, B extends z.ZodType = typeof NOTHING, Q extends z.ZodType = typeof NOTHING>(
  spec: RouteSpec<B, Q, A>,
): Route {
  const { handle, body, query, ...words } = spec;
  return {
    ...words,
    body: body ?? null,
    query: query ?? null,
    run: async (call) =>
      handle({
        ...call,
        body: parsed<z.ZodType<z.output<B>>>((body ?? NOTHING) as z.ZodType<z.output<B>>, call.body),
        query: parsed<z.ZodType<z.output<Q>>>((query ?? NOTHING) as z.ZodType<z.output<Q>>, singles(call.query)),
      }),
  };
}

/** The named part of a path. */
export function param(call: Call<unknown, unknown>, name: string): string {
  const value = call.params[name];
  if (value === undefined) throw new ApiError(404, "NOT_FOUND", "no such address");
  return value;
}
