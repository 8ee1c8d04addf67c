import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { accessRoutes } from "#adapters/console/access-routes";
import type { Accounts } from "#adapters/console/accounts";
import { adoptionRoutes } from "#adapters/console/adoption-routes";
import type { Asset } from "#adapters/console/assets";
import { type AttemptLimit, createAttemptLimit } from "#adapters/console/attempts";
import { cameraRoutes } from "#adapters/console/camera-routes";
import { checkupRoutes } from "#adapters/console/checkup-routes";
import { tokenIn } from "#adapters/console/cookie";
import { decisionRoutes } from "#adapters/console/decision-routes";
import { doorRoutes } from "#adapters/console/door-routes";
import type { Gate } from "#adapters/console/gate";
import { mayReadHealth } from "#adapters/console/health";
import { failurePage } from "#adapters/console/layout";
import { createOpenings } from "#adapters/console/openings";
import type { ConsoleOptions } from "#adapters/console/parts";
import { peopleRoutes } from "#adapters/console/people-routes";
import { remoteRoutes } from "#adapters/console/remote-routes";
import type { ConsoleEnv, ConsoleRoute } from "#adapters/console/route";
import type { Sessions } from "#adapters/console/sessions";
import { addSignIn, MAX_FORM_BYTES } from "#adapters/console/sign-in-routes";
import { systemRoutes } from "#adapters/console/system-routes";
import { mayActAs } from "#core/role";
import { messageOf } from "#errors";

/** Pages about people: never kept, never framed, nothing from elsewhere, no script but our own files. */
const HEADERS: Readonly<Record<string, string>> = {
  "Cache-Control": "no-store",
  "Content-Security-Policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
  // Not no-referrer: with it browsers send "Origin: null" with our own forms.
  "Referrer-Policy": "same-origin",
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
};

export interface ConsoleAppParts {
  readonly gate: Gate;
  readonly accounts: Accounts;
  readonly sessions: Sessions;
  readonly attempts?: AttemptLimit;
  readonly assets: ReadonlyMap<string, Asset>;
}

/** Every address behind the sign-in. */
export function consoleRoutes(
  options: ConsoleOptions,
  parts: Pick<ConsoleAppParts, "accounts" | "sessions">,
): readonly ConsoleRoute[] {
  const openings = createOpenings(options);
  return [
    ...cameraRoutes(options),
    ...checkupRoutes(options),
    ...doorRoutes(options, openings),
    ...remoteRoutes(options, openings),
    ...decisionRoutes(options),
    ...peopleRoutes(options),
    ...accessRoutes(options),
    ...adoptionRoutes(options),
    ...systemRoutes(options, parts),
  ];
}

/** The console without a socket: every page but what is sent live. */
export function createConsoleApp(options: ConsoleOptions, parts: ConsoleAppParts): Hono<ConsoleEnv> {
  const { siteName: site, clock, logger, behindTlsProxy } = options;
  const { gate, sessions, assets } = parts;
  const attempts = parts.attempts ?? createAttemptLimit(options.accounts, clock);
  const app = new Hono<ConsoleEnv>();

  const failure = (c: Context, status: ContentfulStatusCode, title: string, words: string) =>
    c.html(failurePage(site, title, words), status);

  app.use(async (c, next) => {
    await next();
    for (const [name, value] of Object.entries(HEADERS)) {
      if (name !== "Cache-Control" || !c.res.headers.has(name)) c.res.headers.set(name, value);
    }
  });
  app.onError((error, c) => {
    logger.error({ path: c.req.path, why: messageOf(error) }, "a page of the console failed");
    return failure(c, 500, "That went wrong", "Limen's log says why.");
  });
  app.notFound((c) => failure(c, 404, "No such page", "There is nothing at this address."));

  app.use(async (c, next) => {
    const host = c.req.header("host");
    if (!gate.knowsHost(host)) {
      const words = "The console is not known under this name; if it should be, add it to http.trusted_hosts.";
      return failure(c, 421, "Wrong address", words);
    }
    const isSafe = c.req.method === "GET" || c.req.method === "HEAD";
    if (!isSafe && !gate.isOwnOrigin(c.req.header("origin"), host)) {
      return failure(c, 403, "Refused", "This request does not come from a page of this console.");
    }
    return next();
  });

  const isWatcher = mayReadHealth({ ...options.health, behindTlsProxy });
  for (const path of ["/healthz", "/readyz", "/metrics"]) {
    app.get(path, (c, next) => {
      if (isWatcher(c.env.incoming)) return next();
      c.header("WWW-Authenticate", "Bearer");
      return c.text("from another computer, send the token of http.metrics_token\n", 401);
    });
  }
  app.get("/healthz", (c) => {
    const stuck = options.health.stuck();
    return c.json({ alive: stuck.length === 0, stuck }, stuck.length === 0 ? 200 : 503);
  });
  app.get("/readyz", (c) => {
    const { problems } = options.status();
    return c.json({ ready: problems.length === 0, problems }, problems.length === 0 ? 200 : 503);
  });
  app.get("/metrics", (c) => {
    const { type, text } = options.health.metrics();
    return c.body(text, 200, { "Content-Type": type });
  });

  app.get("/assets/:name", (c) => {
    const asset = assets.get(c.req.param("name"));
    if (asset === undefined) return c.notFound();
    c.header("Cache-Control", "no-cache");
    c.header("ETag", asset.etag);
    if (c.req.header("if-none-match") === asset.etag) return c.body(null, 304);
    return c.body(asset.text, 200, { "Content-Type": asset.type });
  });
  addSignIn(app, { ...options, ...parts, attempts });

  // From here on nothing without a session.
  app.use(async (c, next) => {
    const session = await sessions.find(tokenIn(c.req.header("cookie"), behindTlsProxy));
    if (session !== null) {
      c.set("account", session.account);
      return next();
    }
    const isPage = c.req.method === "GET" && !/\.[a-z]+$/.test(c.req.path);
    return isPage ? c.redirect("/sign-in", 303) : c.text("sign in first\n", 401);
  });
  for (const { method, path, needs, maxBytes = MAX_FORM_BYTES, handle } of consoleRoutes(options, parts)) {
    app[method](path, async (c, next) => {
      if (mayActAs(c.get("account").role, needs)) return next();
      return failure(
        c,
        403,
        "Not for you",
        `This needs the role ${needs}; you are signed in as ${c.get("account").role}.`,
      );
    });
    if (method === "post")
      app.post(
        path,
        bodyLimit({
          maxSize: maxBytes,
          onError: (c) => failure(c, 413, "Too large", "That is more than can be read here."),
        }),
      );
    app[method](path, handle);
  }
  return app;
}
