import type { Context } from "hono";
import { z } from "zod";
import type { Accounts } from "#adapters/console/accounts";
import { timeTextOf } from "#adapters/console/pages/decisions";
import type { Trouble } from "#adapters/console/pages/people";
import { systemPage } from "#adapters/console/pages/system";
import type { ConsoleOptions } from "#adapters/console/parts";
import type { ConsoleEnv, ConsoleRoute } from "#adapters/console/route";
import type { Sessions } from "#adapters/console/sessions";

const ACCOUNT = z.object({
  name: z.string().regex(/^[a-z0-9_-]{1,64}$/),
  role: z.enum(["viewer", "operator"]),
  password: z.string().max(2048),
});

/** Of every label together: counters are named `name` or `name{label="value"}`. */
function failuresIn(counted: ReturnType<ConsoleOptions["counted"]>): number {
  const found = counted.filter(([name]) => /^limen_audit_failures_total(?:\{|$)/.test(name));
  return found.reduce((sum, [, count]) => sum + count, 0);
}

/** How Limen is, what its configuration means, and who may use the console. */
export function systemRoutes(
  options: ConsoleOptions,
  { accounts, sessions }: { readonly accounts: Accounts; readonly sessions: Pick<Sessions, "endAllOf"> },
): ConsoleRoute[] {
  const { siteName: site, timeZone, status, config, audit, counted, logger } = options;
  const page = async (c: Context<ConsoleEnv>, told: { trouble?: Trouble; done?: string } = {}) => {
    const [newest] = await audit.list({ limit: 1 });
    return systemPage(
      { site, account: c.get("account") },
      {
        status: status(),
        file: config.file,
        summary: config.summary(),
        problems: await config.problems(),
        metrics: counted(),
        audit: {
          decisions: newest?.sequence ?? 0,
          newest: newest === undefined ? null : timeTextOf(newest.record.at, timeZone),
          failures: failuresIn(counted()),
        },
        accounts: await accounts.list(),
        trouble: told.trouble ?? null,
        done: told.done ?? null,
      },
    );
  };

  return [
    {
      method: "get",
      path: "/system",
      needs: "viewer",
      handle: async (c) => c.html(await page(c, c.req.query("done") === "yes" ? { done: "Saved." } : {})),
    },
    {
      method: "post",
      path: "/accounts",
      needs: "owner",
      async handle(c) {
        const form = ACCOUNT.safeParse(await c.req.parseBody());
        if (!form.success || form.data.name === "owner") {
          const trouble = { message: "the name must be 1 to 64 of a-z 0-9 _ -, and another than owner", hint: null };
          return c.html(await page(c, { trouble }), 400);
        }
        const { name, role, password } = form.data;
        const wrong = await accounts.keep({ name, role }, password);
        if (wrong !== null) return c.html(await page(c, { trouble: { message: wrong, hint: null } }), 400);
        sessions.endAllOf(name);
        logger.info({ account: c.get("account").name, changed: name, role }, "an account of the console was set");
        return c.redirect("/system?done=yes", 303);
      },
    },
    {
      method: "post",
      path: "/accounts/:name/remove",
      needs: "owner",
      async handle(c) {
        const name = c.req.param("name") ?? "";
        await accounts.remove(name);
        sessions.endAllOf(name);
        logger.info({ account: c.get("account").name, removed: name }, "an account of the console was removed");
        return c.redirect("/system?done=yes", 303);
      },
    },
  ];
}
