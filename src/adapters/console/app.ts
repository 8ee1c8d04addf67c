import type { HttpBindings } from "@hono/node-server";
import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { Asset } from "#adapters/console/assets";
import { createAttemptLimit } from "#adapters/console/attempts";
import { sessionCookie, tokenIn } from "#adapters/console/cookie";
import type { Gate } from "#adapters/console/gate";
import { mayReadHealth } from "#adapters/console/health";
import { cameraPage, cameraState, failurePage, overviewPage, signInPage } from "#adapters/console/pages";
import type { ConsoleCamera, ConsoleOptions } from "#adapters/console/parts";
import type { PasswordCheck } from "#adapters/console/password";
import type { Sessions } from "#adapters/console/sessions";
import { createSnapshots, missingPicture } from "#adapters/console/snapshot";
import { sourceOf } from "#adapters/console/source";
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

const MAX_FORM_BYTES = 16 * 1024;

export interface ConsoleAppParts {
  readonly gate: Gate;
  readonly sessions: Sessions;
  readonly isRight: PasswordCheck;
  readonly assets: ReadonlyMap<string, Asset>;
}

type Env = { Bindings: HttpBindings };

/** The console without a socket: every page but what is sent live. */
export function createConsoleApp(options: ConsoleOptions, parts: ConsoleAppParts): Hono<Env> {
  const { siteName: site, cameras, clock, logger, metrics, behindTlsProxy } = options;
  const { gate, sessions, isRight, assets } = parts;
  const attempts = createAttemptLimit(clock);
  const snapshotOf = createSnapshots(options);
  const app = new Hono<Env>();

  const failure = (c: Context, status: ContentfulStatusCode, title: string, words: string) =>
    c.html(failurePage(site, title, words), status);
  const cameraOf = (c: Context): ConsoleCamera | undefined => cameras.find(({ id }) => id === c.req.param("camera"));
  const noCamera = (c: Context) => failure(c, 404, "No such camera", "The configuration has no camera of this name.");

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

  app.get("/sign-in", (c) => c.html(signInPage(site, null)));
  const tooLarge = (c: Context) => failure(c, 413, "Too large", "No password is as long as that.");
  app.post("/sign-in", bodyLimit({ maxSize: MAX_FORM_BYTES, onError: tooLarge }), async (c) => {
    const source = sourceOf(c.env.incoming, behindTlsProxy);
    const seconds = attempts.spend(source);
    if (seconds !== null) {
      metrics.count("limen_console_sign_ins_total", { outcome: "limited" });
      c.header("Retry-After", String(seconds));
      return c.html(signInPage(site, `Too many tries. Wait ${seconds} s.`), 429);
    }
    const { password } = await c.req.parseBody();
    if (typeof password !== "string" || !(await isRight(password))) {
      metrics.count("limen_console_sign_ins_total", { outcome: "refused" });
      logger.warn({ source }, "somebody gave a wrong password for the console");
      return c.html(signInPage(site, "That is not the password."), 401);
    }
    attempts.forgive(source);
    metrics.count("limen_console_sign_ins_total", { outcome: "accepted" });
    logger.info({ source }, "somebody signed in to the console");
    c.header("Set-Cookie", sessionCookie(sessions.open(), behindTlsProxy));
    return c.redirect("/", 303);
  });

  // From here on nothing without a session.
  app.use(async (c, next) => {
    if (sessions.find(tokenIn(c.req.header("cookie"), behindTlsProxy)) !== null) return next();
    const isPage = c.req.method === "GET" && !/\.[a-z]+$/.test(c.req.path);
    return isPage ? c.redirect("/sign-in", 303) : c.text("sign in first\n", 401);
  });

  app.post("/sign-out", (c) => {
    sessions.end(tokenIn(c.req.header("cookie"), behindTlsProxy));
    c.header("Set-Cookie", sessionCookie(null, behindTlsProxy));
    return c.redirect("/sign-in", 303);
  });

  const missing = () => new Map(cameras.map((camera) => [camera.id, missingPicture(camera, clock.monotonicMs())]));
  app.get("/", (c) => c.html(overviewPage(site, options.status(), missing())));
  app.get("/state.json", (c) => {
    const status = options.status();
    const states = [...missing()].map(([id, words]) => {
      const { tone, words: how } = cameraState(status.cameras[id]);
      return [id, { state: tone, words: how, missing: words }];
    });
    return c.json({ problems: status.problems, cameras: Object.fromEntries(states) });
  });
  app.get("/cameras/:camera", (c) => {
    const camera = cameraOf(c);
    return camera === undefined ? noCamera(c) : c.html(cameraPage(site, camera, options.status().cameras[camera.id]));
  });
  app.get("/cameras/:camera/snapshot.jpg", async (c) => {
    const camera = cameraOf(c);
    if (camera === undefined) return noCamera(c);
    const snapshot = await snapshotOf(camera);
    if ("missing" in snapshot) return c.text(`${snapshot.missing}\n`, 503, { "Retry-After": "2" });
    return c.body(new Uint8Array(snapshot.jpeg), 200, { "Content-Type": "image/jpeg" });
  });
  return app;
}
