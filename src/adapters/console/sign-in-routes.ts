import type { Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { Accounts } from "#adapters/console/accounts";
import type { AttemptLimit } from "#adapters/console/attempts";
import { sessionCookie, tokenIn } from "#adapters/console/cookie";
import { failurePage } from "#adapters/console/layout";
import { firstRunPage, signInPage } from "#adapters/console/pages/sign-in";
import type { ConsoleOptions } from "#adapters/console/parts";
import type { ConsoleEnv } from "#adapters/console/route";
import type { Sessions } from "#adapters/console/sessions";
import { sourceOf } from "#adapters/console/source";

export const MAX_FORM_BYTES = 16 * 1024;

export interface SignInParts extends Pick<ConsoleOptions, "siteName" | "logger" | "metrics" | "behindTlsProxy"> {
  readonly accounts: Accounts;
  readonly sessions: Sessions;
  readonly attempts: AttemptLimit;
}

/** The ways to a session, which need none: signing in, and setting the owner's password for the first time. */
export function addSignIn(app: Hono<ConsoleEnv>, parts: SignInParts): void {
  const { siteName: site, accounts, sessions, attempts, logger, metrics, behindTlsProxy } = parts;
  const form = bodyLimit({
    maxSize: MAX_FORM_BYTES,
    onError: (c) => c.html(failurePage(site, "Too large", "No password is as long as that."), 413),
  });
  /** Counts a try; the answer when there were too many. */
  const tooMany = async (c: Context<ConsoleEnv>, pageOf: (fault: string) => string): Promise<Response | null> => {
    const seconds = await attempts.spend(sourceOf(c.env.incoming, behindTlsProxy));
    if (seconds === null) return null;
    metrics.count("limen_console_sign_ins_total", { outcome: "limited" });
    c.header("Retry-After", String(seconds));
    return c.html(pageOf(`Too many tries. Wait ${seconds} s.`), 429);
  };
  const refused = (c: Context<ConsoleEnv>, what: string): void => {
    metrics.count("limen_console_sign_ins_total", { outcome: "refused" });
    logger.warn({ source: sourceOf(c.env.incoming, behindTlsProxy) }, what);
  };
  const letIn = async (c: Context<ConsoleEnv>, name: string): Promise<Response> => {
    const account = await accounts.find(name);
    if (account === null) return c.redirect("/sign-in", 303);
    const source = sourceOf(c.env.incoming, behindTlsProxy);
    await attempts.forgive(source);
    metrics.count("limen_console_sign_ins_total", { outcome: "accepted" });
    logger.info({ source, account: name }, "somebody signed in to the console");
    c.header("Set-Cookie", sessionCookie(await sessions.open(account), behindTlsProxy));
    return c.redirect("/", 303);
  };

  app.get("/sign-in", async (c) => c.html(signInPage(site, null, await accounts.isNew())));
  app.post("/sign-in", form, async (c) => {
    const limited = await tooMany(c, (fault) => signInPage(site, fault, false));
    if (limited !== null) return limited;
    const { name, password } = await c.req.parseBody();
    const account =
      typeof name === "string" && typeof password === "string" ? await accounts.signIn(name, password) : null;
    if (account !== null) return letIn(c, account.name);
    refused(c, "somebody gave a wrong name or password for the console");
    return c.html(signInPage(site, "That is not the name and its password.", await accounts.isNew()), 401);
  });
  app.post("/sign-out", async (c) => {
    await sessions.end(tokenIn(c.req.header("cookie"), behindTlsProxy));
    c.header("Set-Cookie", sessionCookie(null, behindTlsProxy));
    return c.redirect("/sign-in", 303);
  });

  const badLink = (c: Context<ConsoleEnv>) =>
    c.html(
      failurePage(
        site,
        "This link is no longer good",
        "It is good for an hour and once. `limen console-link` makes a new one.",
      ),
      403,
    );
  app.get("/first-run/:token", async (c) => {
    const limited = await tooMany(c, (fault) => failurePage(site, "Wait", fault));
    if (limited !== null) return limited;
    const token = c.req.param("token");
    return (await accounts.isFirstRunToken(token)) ? c.html(firstRunPage(site, token, null)) : badLink(c);
  });
  app.post("/first-run", form, async (c) => {
    const limited = await tooMany(c, (fault) => failurePage(site, "Wait", fault));
    if (limited !== null) return limited;
    const { token, password, again } = await c.req.parseBody();
    if (typeof token !== "string" || !(await accounts.isFirstRunToken(token))) {
      refused(c, "somebody used a link to the console that is not good");
      return badLink(c);
    }
    if (typeof password !== "string" || password !== again)
      return c.html(firstRunPage(site, token, "The two are not the same."), 400);
    const wrong = await accounts.setUp(token, password);
    if (wrong === "refused") return badLink(c);
    if (wrong !== null) return c.html(firstRunPage(site, token, wrong), 400);
    logger.info({ source: sourceOf(c.env.incoming, behindTlsProxy) }, "the owner's password was set");
    return letIn(c, "owner");
  });
}
