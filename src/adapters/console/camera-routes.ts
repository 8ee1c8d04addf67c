import type { Context } from "hono";
import { failurePage } from "#adapters/console/layout";
import { cameraPage, cameraState, overviewPage } from "#adapters/console/pages/overview";
import type { ConsoleCamera, ConsoleOptions } from "#adapters/console/parts";
import type { ConsoleEnv, ConsoleRoute } from "#adapters/console/route";
import { createSnapshots, missingPicture } from "#adapters/console/snapshot";

/** The overview, and each camera's page and picture. */
export function cameraRoutes(options: ConsoleOptions): ConsoleRoute[] {
  const { siteName: site, cameras, clock } = options;
  const snapshotOf = createSnapshots(options);
  const cameraOf = (c: Context<ConsoleEnv>): ConsoleCamera | undefined =>
    cameras().find(({ id }) => id === c.req.param("camera"));
  const noCamera = (c: Context<ConsoleEnv>) =>
    c.html(failurePage(site, "No such camera", "The configuration has no camera of this name."), 404);
  const missing = () => new Map(cameras().map((camera) => [camera.id, missingPicture(camera, clock.monotonicMs())]));

  return [
    {
      method: "get",
      path: "/",
      needs: "viewer",
      handle: (c) => c.html(overviewPage({ site, account: c.get("account") }, options.status(), missing())),
    },
    {
      method: "get",
      path: "/state.json",
      needs: "viewer",
      handle(c) {
        const status = options.status();
        const states = [...missing()].map(([id, words]) => {
          const { tone, words: how } = cameraState(status.cameras[id]);
          return [id, { state: tone, words: how, missing: words }];
        });
        return c.json({ problems: status.problems, cameras: Object.fromEntries(states) });
      },
    },
    {
      method: "get",
      path: "/cameras/:camera",
      needs: "viewer",
      handle(c) {
        const camera = cameraOf(c);
        if (camera === undefined) return noCamera(c);
        const frame = { site, account: c.get("account") };
        return c.html(cameraPage(frame, camera, options.status().cameras[camera.id]));
      },
    },
    {
      method: "get",
      path: "/cameras/:camera/snapshot.jpg",
      needs: "viewer",
      async handle(c) {
        const camera = cameraOf(c);
        if (camera === undefined) return noCamera(c);
        const snapshot = await snapshotOf(camera);
        if ("missing" in snapshot) return c.text(`${snapshot.missing}\n`, 503, { "Retry-After": "2" });
        return c.body(new Uint8Array(snapshot.jpeg), 200, { "Content-Type": "image/jpeg" });
      },
    },
  ];
}
