import type { Context } from "hono";
import { failurePage } from "#adapters/console/layout";
import { callerOf, type Openings } from "#adapters/console/openings";
import { openingPage, refusedTrouble } from "#adapters/console/pages/opening";
import type { ConsoleDoor, ConsoleOptions } from "#adapters/console/parts";
import type { ConsoleEnv, ConsoleRoute } from "#adapters/console/route";
import { missingPicture } from "#adapters/console/snapshot";
import { modeRefusal, type RemoteRefusal, refusalWords } from "#core/remote-unlock";
import type { ModeAnswer } from "#ports/remote-doors";

const STATUSES: Partial<Readonly<Record<RemoteRefusal, 403 | 404 | 429 | 503>>> = {
  no_such_door: 404,
  not_allowed: 403,
  rate_limited: 429,
  audit_unavailable: 503,
};
const TOO_OLD = "the page was open for too long, or Limen was started since; look again, and press again";

/** What may be done to a door by hand: opening it, locking it down, ending that. */
export function remoteRoutes(options: ConsoleOptions, openings: Openings): ConsoleRoute[] {
  const { siteName: site, doors, cameras, clock, modes, status, logger } = options;
  const doorOf = async (c: Context<ConsoleEnv>): Promise<ConsoleDoor | undefined> =>
    (await doors()).find(({ id }) => id === c.req.param("door"));
  const noDoor = (c: Context<ConsoleEnv>) =>
    c.html(failurePage(site, "No such door", "The configuration has no door of this name."), 404);
  const intentOf = (c: Context<ConsoleEnv>, { id }: ConsoleDoor) => ({ account: c.get("account").name, door: id });
  const page = (c: Context<ConsoleEnv>, door: ConsoleDoor, words: string | null, canPress = true): string => {
    const camera = cameras().find(({ id }) => id === door.camera);
    const missing = camera === undefined ? "there is no camera" : missingPicture(camera, clock.monotonicMs());
    const slip = canPress ? openings.slip(intentOf(c, door)) : null;
    const trouble = words === null ? null : refusedTrouble(words);
    return openingPage({ site, account: c.get("account") }, { door, missing, slip, trouble });
  };
  const refused = (c: Context<ConsoleEnv>, door: ConsoleDoor, why: RemoteRefusal) => {
    if (why === "rate_limited") c.header("Retry-After", "5");
    return c.html(page(c, door, refusalWords(why), why !== "not_allowed"), STATUSES[why] ?? 409);
  };
  const lockDown = async (c: Context<ConsoleEnv>, { id }: ConsoleDoor, on: boolean) => {
    const { name } = c.get("account");
    const answer = await modes.wish(id, { kind: "lockdown", on }, callerOf(name));
    logger.info(
      { account: name, door: id, answer },
      `a lock-down was ${on ? "asked for" : "to be ended"} in the console`,
    );
    if (answer === "changed" || answer === "unchanged")
      return c.redirect(`/doors/${id}?done=${on ? "locked" : "ended"}`, 303);
    const [code, words] = MODE_FAILURES[answer];
    return c.html(failurePage(site, "Nothing was changed", words), code);
  };

  return [
    {
      method: "get",
      path: "/doors/:door/unlock",
      needs: "operator",
      async handle(c) {
        const door = await doorOf(c);
        if (door === undefined) return noDoor(c);
        if (!door.remote.unlock) return c.html(page(c, door, refusalWords("not_allowed"), false), 403);
        const mode = status().doors[door.id]?.mode ?? "locked_down";
        const refusal = modeRefusal(mode);
        return c.html(page(c, door, refusal && refusalWords(refusal), refusal === null));
      },
    },
    {
      method: "post",
      path: "/doors/:door/unlock",
      needs: "operator",
      async handle(c) {
        const door = await doorOf(c);
        if (door === undefined) return noDoor(c);
        const intent = intentOf(c, door);
        const { slip } = await c.req.parseBody();
        const id = typeof slip === "string" ? slip : "";
        const answer = await (door.remote.unlock ? openings.open(id, intent) : openings.refused(intent));
        if (answer === null) return c.html(page(c, door, TOO_OLD), 409);
        if (answer.result === "refused") return refused(c, door, answer.why);
        return c.redirect(`/doors/${door.id}?opened=${id}`, 303);
      },
    },
    {
      method: "post",
      path: "/doors/:door/lockdown",
      needs: "operator",
      async handle(c) {
        const door = await doorOf(c);
        if (door === undefined) return noDoor(c);
        const { sure } = await c.req.parseBody();
        if (!door.remote.control && sure !== "yes") {
          const words = "Tick the box that says that you know how a lock-down is ended.";
          return c.html(failurePage(site, "Nothing was changed", words), 400);
        }
        return lockDown(c, door, true);
      },
    },
    {
      method: "post",
      path: "/doors/:door/lockdown/end",
      needs: "owner",
      async handle(c) {
        const door = await doorOf(c);
        return door === undefined ? noDoor(c) : lockDown(c, door, false);
      },
    },
  ];
}

const MODE_FAILURES: Readonly<Record<Exclude<ModeAnswer, "changed" | "unchanged">, [403 | 503, string]>> = {
  not_allowed: [403, "The configuration does not allow it: remote.control of this door."],
  not_kept: [
    503,
    "It could not be written to the disk, and only what is kept may let people in. Limen's log says why.",
  ],
};
