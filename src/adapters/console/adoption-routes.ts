import type { Context } from "hono";
import { z } from "zod";
import { type CamerasView, camerasPage } from "#adapters/console/pages/cameras";
import { troubleOf } from "#adapters/console/pages/people";
import type { ConsoleOptions } from "#adapters/console/parts";
import type { ConsoleEnv, ConsoleRoute } from "#adapters/console/route";

const FORM = z.object({
  id: z.string().regex(/^[a-z0-9_-]{1,64}$/),
  address: z.string().trim().min(1).max(2048),
  username: z.string().max(128).default(""),
  password: z.string().max(1024).default(""),
});

/** Cameras: which there are, which are on the network, taking one into use. */
export function adoptionRoutes(options: ConsoleOptions): ConsoleRoute[] {
  const { siteName: site, status, config, findCameras, logger } = options;
  let searching: ReturnType<ConsoleOptions["findCameras"]> | null = null;
  /** However many ask, the network is asked once at a time. */
  const search = (): ReturnType<ConsoleOptions["findCameras"]> => {
    searching ??= findCameras().finally(() => {
      searching = null;
    });
    return searching;
  };
  const page = (c: Context<ConsoleEnv>, told: Partial<CamerasView> = {}): string =>
    camerasPage(
      { site, account: c.get("account") },
      { cameras: status().cameras, found: null, trouble: null, done: null, ...told },
    );

  return [
    {
      method: "get",
      path: "/cameras",
      needs: "owner",
      handle(c) {
        const done = "It stands in the configuration now. Give it to a door there: `camera: …`.";
        return c.html(page(c, c.req.query("done") === "yes" ? { done } : {}));
      },
    },
    {
      method: "post",
      path: "/cameras/search",
      needs: "owner",
      handle: async (c) => c.html(page(c, { found: await search() })),
    },
    {
      method: "post",
      path: "/cameras",
      needs: "owner",
      async handle(c) {
        const form = FORM.safeParse(await c.req.parseBody());
        if (!form.success) {
          const trouble = {
            message: "the name must be 1 to 64 of a-z 0-9 _ -, and the address must be there",
            hint: null,
          };
          return c.html(page(c, { trouble }), 400);
        }
        const { id, address, username, password } = form.data;
        const account = { username: username === "" ? null : username, password: username === "" ? null : password };
        try {
          await config.addCamera({ id, address, ...account });
        } catch (error) {
          return c.html(page(c, { trouble: troubleOf(error, /^LIMEN_CONFIG_/) }), 400);
        }
        logger.info({ account: c.get("account").name, camera: id }, "a camera was added in the console");
        return c.redirect("/cameras?done=yes", 303);
      },
    },
  ];
}
