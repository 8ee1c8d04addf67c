import type { Context } from "hono";
import { z } from "zod";
import { failurePage } from "#adapters/console/layout";
import type { Openings } from "#adapters/console/openings";
import { timeTextOf } from "#adapters/console/pages/decisions";
import { doorPage } from "#adapters/console/pages/door";
import { toldOf } from "#adapters/console/pages/opening";
import { doorWords } from "#adapters/console/pages/overview";
import { type Trouble, troubleOf } from "#adapters/console/pages/people";
import type { ConsoleDoor, ConsoleOptions } from "#adapters/console/parts";
import type { ConsoleEnv, ConsoleRoute } from "#adapters/console/route";
import { histogramOf, newestVisits, whatWouldChange } from "#adapters/console/score-study";
import { tallyOf } from "#core/arming";
import { instant } from "#core/instant";
import { wordsFor } from "#core/reason";

/** Visits that are looked at. */
const LOOKED_BACK_MS = 30 * 24 * 60 * 60 * 1000;

const SCORE = z.coerce.number().min(0.4).max(1);
const MODE = z.object({ mode: z.enum(["normal", "shadow"]), anyway: z.literal("yes").optional() });
const THRESHOLD = z.object({ score: SCORE, auto: z.literal("yes").optional() });

const DONE: ReadonlyMap<string, string> = new Map([
  ["yes", "It stands in the configuration now, and takes hold at once."],
  ["locked", "It is locked down: it opens for nobody."],
  ["ended", "The lock-down is over."],
]);

/** A door: its picture, its visits, its threshold, its arming. */
export function doorRoutes(options: ConsoleOptions, openings: Pick<Openings, "answer">): ConsoleRoute[] {
  const { siteName: site, timeZone, audit, doors, status, clock, config, logger } = options;
  const doorOf = async (c: Context<ConsoleEnv>): Promise<ConsoleDoor | undefined> =>
    (await doors()).find(({ id }) => id === c.req.param("door"));
  const noDoor = (c: Context<ConsoleEnv>) =>
    c.html(failurePage(site, "No such door", "The configuration has no door of this name."), 404);
  const visitsOf = ({ id }: ConsoleDoor) =>
    newestVisits(audit.since({ at: instant(clock.now() - LOOKED_BACK_MS), door: id }));
  const page = async (c: Context<ConsoleEnv>, door: ConsoleDoor, told: { trouble?: Trouble; done?: string } = {}) => {
    const visits = await visitsOf(door);
    const now = status().doors[door.id];
    return doorPage(
      { site, account: c.get("account") },
      {
        door,
        status: now,
        modeWords: now === undefined ? "" : doorWords(now),
        visits: visits.toReversed(),
        histogram: histogramOf(visits),
        tally: tallyOf(visits),
        trouble: told.trouble ?? null,
        done: told.done ?? null,
        timeZone,
      },
    );
  };
  /** Changes the configuration, and says on the door's page how that went. */
  const changed = async (c: Context<ConsoleEnv>, door: ConsoleDoor, what: string, change: () => Promise<void>) => {
    try {
      await change();
    } catch (error) {
      return c.html(await page(c, door, { trouble: troubleOf(error, /^LIMEN_CONFIG_/) }), 400);
    }
    logger.info({ account: c.get("account").name, door: door.id }, what);
    return c.redirect(`/doors/${door.id}?done=yes`, 303);
  };

  return [
    {
      method: "get",
      path: "/doors/:door",
      needs: "viewer",
      async handle(c) {
        const door = await doorOf(c);
        if (door === undefined) return noDoor(c);
        const { done: word = "", opened = "" } = c.req.query();
        const done = DONE.get(word);
        const answer = await openings.answer(opened, { account: c.get("account").name, door: door.id });
        return c.html(await page(c, door, answer ? toldOf(answer) : done === undefined ? {} : { done }));
      },
    },
    {
      method: "get",
      path: "/doors/:door/replay.json",
      needs: "viewer",
      async handle(c) {
        const door = await doorOf(c);
        const score = SCORE.safeParse(c.req.query("score"));
        if (door === undefined) return c.json({ error: "there is no such door" }, 404);
        if (!score.success) return c.json({ error: "score must be 0.4 to 1" }, 400);
        const visits = await visitsOf(door);
        const changes = await whatWouldChange(visits, door.redecideAt(score.data));
        return c.json({
          visits: visits.length,
          changes: changes.map(({ entry, now }) => ({
            sequence: entry.sequence,
            when: timeTextOf(entry.record.at, timeZone),
            who: entry.personName ?? "nobody known",
            was: entry.record.result === "grant" ? "let in" : "refused",
            now: now.result === "grant" ? "let in" : "refused",
            why: wordsFor(now.reason),
          })),
        });
      },
    },
    {
      method: "post",
      path: "/doors/:door/threshold",
      needs: "owner",
      async handle(c) {
        const door = await doorOf(c);
        if (door === undefined) return noDoor(c);
        const form = THRESHOLD.safeParse(await c.req.parseBody());
        if (!form.success)
          return c.html(await page(c, door, { trouble: { message: "that is no threshold", hint: null } }), 400);
        const { score, auto } = form.data;
        if (auto === undefined && score < door.automatic) {
          const hint = `the automatic one is ${door.automatic.toFixed(3)}; calibrate if you think it is wrong`;
          return c.html(
            await page(c, door, { trouble: { message: "a threshold below the automatic one cannot be set", hint } }),
            400,
          );
        }
        const minScore = auto === "yes" ? null : score;
        return changed(c, door, "the lowest score was changed in the console", () => config.setMinScore(minScore));
      },
    },
    {
      method: "post",
      path: "/doors/:door/mode",
      needs: "owner",
      async handle(c) {
        const door = await doorOf(c);
        if (door === undefined) return noDoor(c);
        const form = MODE.safeParse(await c.req.parseBody());
        if (!form.success)
          return c.html(await page(c, door, { trouble: { message: "that is no mode", hint: null } }), 400);
        const { mode, anyway } = form.data;
        const tally = tallyOf(await visitsOf(door));
        const isProven = tally.wrongGrants === 0 && tally.rightGrants + tally.rightDenials > 0;
        if (mode === "normal" && !isProven && anyway !== "yes") {
          const message =
            tally.wrongGrants > 0
              ? "a wrong opening is among its visits"
              : "none of its visits was said to be right yet";
          return c.html(
            await page(c, door, { trouble: { message, hint: "label visits first, or tick the box" } }),
            400,
          );
        }
        return changed(c, door, `the door was put into mode ${mode} in the console`, () =>
          config.setDoorMode(door.id, mode),
        );
      },
    },
  ];
}
