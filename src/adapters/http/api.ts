import { setMaxListeners } from "node:events";
import { type Context, Hono } from "hono";
import { cors } from "hono/cors";
import { ApiError, apiErrorOf, bodyOf, type FailureStatus } from "#adapters/http/api-error";
import { type ApiOptions, DEFAULT_LIMITS } from "#adapters/http/api-parts";
import { createFaceDesk } from "#adapters/http/face-desk";
import { readJson } from "#adapters/http/json-body";
import { createLane } from "#adapters/http/lane";
import { openApiOf } from "#adapters/http/openapi";
import type { Route } from "#adapters/http/route";
import { API_ROOT, apiRoutes } from "#adapters/http/routes";
import { createDoorkeeper } from "#adapters/http/tokens";
import { withDeadline } from "#adapters/http/with-deadline";
import { messageOf } from "#errors";

/** Answers are data for programs, about people: never kept by caches, never shown as a page, never framed. */
const HEADERS: Readonly<Record<string, string>> = {
  "Cache-Control": "no-store",
  "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
};

/** Refusals that come before the whole body has been read. */
const UNREAD = new Set<FailureStatus>([401, 403, 413, 429, 503]);

function hasBody(c: Context): boolean {
  return c.req.header("transfer-encoding") !== undefined || (c.req.header("content-length") ?? "0") !== "0";
}

/**
 * The API without a socket: `app.request(…)` answers as the server would. `stop` ends the requests under way.
 * Throws LIMEN_API_TOKENS.
 */
export function createApi(options: ApiOptions, stop: AbortSignal = new AbortController().signal): Hono {
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  // Every request under way listens; that is no leak.
  setMaxListeners(0, stop);
  const { clock, logger, metrics, allowedOrigins = [] } = options;
  const doorkeeper = createDoorkeeper(options.tokens);
  const lane = createLane(limits);
  const routes = apiRoutes({ ports: options.parts, desk: createFaceDesk(options.parts, lane), clock });
  const description = openApiOf(routes, options.version);

  const refuse = (c: Context, error: unknown, label: string): Response => {
    const refusal = apiErrorOf(error);
    const { status, retryAfterSeconds } = refusal;
    metrics.count("limen_api_requests_total", { route: label, status: String(status) });
    if (status >= 500) {
      const why = messageOf(refusal.cause ?? refusal);
      logger.error({ route: label, status, why }, "a request to the API failed");
    }
    if (retryAfterSeconds !== undefined) c.header("Retry-After", String(retryAfterSeconds));
    // Whatever part of the body was not read must not be taken for the next request of this connection.
    if (UNREAD.has(status) && hasBody(c)) c.header("Connection", "close");
    if (status === 401) c.header("WWW-Authenticate", 'Bearer realm="limen"');
    return c.json(bodyOf(refusal), status);
  };

  const answer = async (c: Context, route: Route): Promise<Response> => {
    // Who asks is settled before a byte of the body is read.
    const holder = doorkeeper(c.req.header("authorization"), route.scope);
    using _place = lane.enter();
    const startedMs = clock.monotonicMs();
    const result = await withDeadline({ stop, request: c.req.raw.signal, ms: limits.deadlineMs }, async (signal) => {
      const body = await readJson(c, limits.bodyBytes);
      return route.run({ body, query: c.req.queries(), params: c.req.param(), caller: holder, signal });
    });
    const ms = Math.round(clock.monotonicMs() - startedMs);
    logger.debug({ route: route.name, token: holder, ms }, "answered a request");
    metrics.count("limen_api_requests_total", { route: route.name, status: "200" });
    return c.json(result);
  };

  const app = new Hono();
  app.use(async (c, next) => {
    await next();
    for (const [name, value] of Object.entries(HEADERS)) c.res.headers.set(name, value);
  });
  if (allowedOrigins.length > 0) {
    const origin = (asking: string) => (allowedOrigins.includes(asking) ? asking : null);
    const allowMethods = ["GET", "POST", "PUT", "DELETE"];
    const allowHeaders = ["Authorization", "Content-Type"];
    app.use(cors({ origin, allowMethods, allowHeaders, exposeHeaders: ["Retry-After"], maxAge: 600 }));
  }
  app.onError((error, c) => refuse(c, error, "unknown"));
  app.notFound((c) => refuse(c, new ApiError(404, "NOT_FOUND", "no such address"), "unknown"));
  app.get("/openapi.json", (c) => c.json(description));
  for (const route of routes) {
    app.on(route.method.toUpperCase(), API_ROOT + route.path, (c) =>
      answer(c, route).catch((error: unknown) => refuse(c, error, route.name)),
    );
  }
  return app;
}
