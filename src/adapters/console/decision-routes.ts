import type { Context } from "hono";
import { z } from "zod";
import { decisionQueryOf } from "#adapters/console/decision-query";
import { failurePage } from "#adapters/console/layout";
import { decisionPage, decisionsPage, outcomeOf, PAGE_ROWS, whoOf } from "#adapters/console/pages/decisions";
import type { ConsoleOptions } from "#adapters/console/parts";
import type { ConsoleEnv, ConsoleRoute } from "#adapters/console/route";
import { LABELS } from "#core/arming";
import { csvLine } from "#core/csv";
import { isoOf } from "#core/instant";
import { wordsFor } from "#core/reason";
import type { AuditEntry } from "#ports/audit-log";

const EVENTS_SHOWN = 10;
const EXPORT_PAGE = 500;
/** A spreadsheet has no use for more. */
const MAX_EXPORTED = 100_000;

const LABEL_FORM = z.object({ label: z.enum(LABELS) });

/** What was decided: the list, one decision with all it rests on, the export. */
export function decisionRoutes({
  siteName: site,
  timeZone,
  audit,
  gallery,
  status,
  clock,
}: ConsoleOptions): ConsoleRoute[] {
  const wanted = async (c: Context<ConsoleEnv>): Promise<AuditEntry | null> => {
    const number = c.req.param("sequence") ?? "";
    return /^\d{1,15}$/.test(number) ? await audit.entry(Number(number)) : null;
  };
  const noDecision = (c: Context<ConsoleEnv>) =>
    c.html(failurePage(site, "No such decision", "There is none of this number."), 404);
  return [
    {
      method: "get",
      path: "/decisions",
      needs: "viewer",
      async handle(c) {
        const chosen = c.req.query();
        const query = decisionQueryOf(chosen, PAGE_ROWS + 1);
        const events = await audit.events({
          limit: EVENTS_SHOWN,
          ...(query.door === undefined ? {} : { door: query.door }),
        });
        return c.html(
          decisionsPage(
            { site, account: c.get("account") },
            {
              chosen,
              doors: Object.keys(status().doors),
              people: await gallery.people(),
              entries: await audit.list(query),
              events,
              timeZone,
            },
          ),
        );
      },
    },
    {
      method: "get",
      path: "/decisions.csv",
      needs: "viewer",
      async handle(c) {
        const query = decisionQueryOf(c.req.query(), EXPORT_PAGE);
        const lines = [
          csvLine([
            "number",
            "time",
            "door",
            "camera",
            "who",
            "result",
            "reason",
            "why",
            "outcome",
            "score",
            "threshold",
            "margin",
            "label",
          ]),
        ];
        for (let { before } = query; lines.length <= MAX_EXPORTED; ) {
          const entries = await audit.list({ ...query, ...(before === undefined ? {} : { before }) });
          lines.push(...entries.map(csvOf));
          before = entries.at(-1)?.sequence;
          if (entries.length < EXPORT_PAGE) break;
        }
        const name = `limen-decisions-${isoOf(clock.now()).slice(0, 10)}.csv`;
        return c.body(lines.join(""), 200, {
          "Content-Type": "text/csv; charset=utf-8",
          "Content-Disposition": `attachment; filename="${name}"`,
        });
      },
    },
    {
      method: "get",
      path: "/decisions/:sequence",
      needs: "viewer",
      async handle(c) {
        const entry = await wanted(c);
        if (entry === null) return noDecision(c);
        return c.html(decisionPage({ site, account: c.get("account") }, entry, timeZone));
      },
    },
    {
      method: "post",
      path: "/decisions/:sequence/label",
      needs: "operator",
      async handle(c) {
        const entry = await wanted(c);
        if (entry === null) return noDecision(c);
        const form = LABEL_FORM.safeParse(await c.req.parseBody());
        if (!form.success) return c.html(failurePage(site, "Not understood", "Choose right, wrong or unclear."), 400);
        await audit.label({ sequences: [entry.sequence], label: form.data.label, at: clock.now() });
        return c.redirect(`/decisions/${entry.sequence}`, 303);
      },
    },
  ];
}

function csvOf(entry: AuditEntry): string {
  const { sequence, record, label } = entry;
  const { at, door, camera, result, reason, score, threshold, margin } = record;
  const why = wordsFor(reason);
  return csvLine([
    sequence,
    isoOf(at),
    door,
    camera,
    whoOf(entry),
    result,
    reason,
    why,
    outcomeOf(entry),
    score,
    threshold,
    margin,
    label,
  ]);
}
