import type { Context } from "hono";
import { createCheckups } from "#adapters/console/checkups";
import { failurePage } from "#adapters/console/layout";
import { checkupPage } from "#adapters/console/pages/checkup";
import type { ConsoleOptions } from "#adapters/console/parts";
import type { ConsoleEnv, ConsoleRoute } from "#adapters/console/route";

/** While a check goes on its page comes anew each second, also where no script runs. */
const EACH_SECOND = "1";

/** Checks of cameras: how large faces get there, light, focus, stream, and what to change. */
export function checkupRoutes(options: ConsoleOptions): ConsoleRoute[] {
  const { siteName: site, cameras, clock, logger } = options;
  const checkups = createCheckups(options);
  const nameOf = (c: Context<ConsoleEnv>): string | null => {
    const id = c.req.param("camera");
    return cameras().some((camera) => camera.id === id) ? (id ?? null) : null;
  };
  const noCamera = (c: Context<ConsoleEnv>) =>
    c.html(failurePage(site, "No such camera", "The configuration has no camera of this name."), 404);
  const page = (c: Context<ConsoleEnv>, camera: string, isBusy = false): string => {
    const checkup = checkups.of(camera);
    if (checkup?.state === "running") c.header("Refresh", EACH_SECOND);
    const nowMs = clock.monotonicMs();
    return checkupPage({ site, account: c.get("account") }, { camera, checkup, nowMs, isBusy });
  };

  return [
    {
      method: "get",
      path: "/cameras/:camera/checkup",
      needs: "operator",
      handle(c) {
        const camera = nameOf(c);
        return camera === null ? noCamera(c) : c.html(page(c, camera));
      },
    },
    {
      method: "post",
      path: "/cameras/:camera/checkup",
      needs: "operator",
      handle(c) {
        const camera = nameOf(c);
        const begun = camera === null ? "unknown" : checkups.start(camera);
        if (camera === null || begun === "unknown") return noCamera(c);
        if (begun === "busy") return c.html(page(c, camera, true), 409);
        logger.info({ account: c.get("account").name, camera }, "a camera is being checked");
        return c.redirect(`/cameras/${camera}/checkup`, 303);
      },
    },
  ];
}
