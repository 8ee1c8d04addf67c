import { CONFIG_FLAG, type Command, text, usageError } from "#commands/command";
import { loadConfig } from "#config/load";
import { type DoorEvent, happeningDetails, happeningWords } from "#core/door-event";
import { isoOf } from "#core/instant";
import { wordsFor } from "#core/reason";
import type { AuditEntry } from "#ports/audit-log";

const two = (value: number | null): string => (value === null ? "-" : value.toFixed(2));

function lineOf({ sequence, record, personName, outcome, label }: AuditEntry): string {
  const who = personName ?? (record.personId === null ? "nobody known" : `person ${record.personId} (gone)`);
  const opened = outcome === null ? (record.result === "grant" ? "not sent" : "") : outcome.actuation;
  const took = outcome?.latencyMs == null ? "" : ` ${outcome.latencyMs} ms`;
  return [
    String(sequence).padStart(6),
    isoOf(record.at),
    record.door.padEnd(10),
    record.result.padEnd(5),
    who.padEnd(20),
    `score ${two(record.score)} of ${two(record.threshold)} margin ${two(record.margin)}`,
    `${record.reason}: ${wordsFor(record.reason)}`,
    `${record.mode === "normal" ? "" : `[${record.mode}] `}${opened}${took}${label === null ? "" : ` (labelled ${label})`}`,
  ]
    .join("  ")
    .trimEnd();
}

function eventLineOf(event: DoorEvent): string {
  const details = happeningDetails(event);
  const words = `${event.kind}: ${happeningWords(event.kind)}${details === "" ? "" : ` (${details})`}`;
  return [isoOf(event.at), event.door.padEnd(10), words].join("  ");
}

export const decisions: Command = {
  name: "decisions",
  summary: "lists what was decided at the doors, newest first",
  usage: ["[--door DOOR] [--limit N] [--events] [--json] [--config FILE]"],
  about: [
    "--events lists what happened at the doors besides: lock-outs, exit buttons, people let in twice, doors forced or held open.",
  ],
  flags: {
    ...CONFIG_FLAG,
    door: { type: "string" },
    limit: { type: "string", default: "20" },
    events: { type: "boolean" },
    json: { type: "boolean" },
  },
  async run(_words, flags, { env, print, note }) {
    const limit = Number(text(flags, "limit"));
    if (!Number.isInteger(limit) || limit < 1 || limit > 10_000) {
      throw usageError("--limit takes a whole number from 1 to 10000", "see: limen help decisions");
    }
    const { config } = await loadConfig(text(flags, "config") ?? "", { env });
    const { openRecords } = await import("#app-offline");
    await using records = await openRecords(config);
    const door = text(flags, "door");
    const query = { limit, ...(door === undefined ? {} : { door }) };
    if (flags["events"] === true) {
      const events = await records.audit.events(query);
      for (const event of events) print(flags["json"] === true ? JSON.stringify(event) : eventLineOf(event));
      if (events.length === 0) note("nothing has happened besides decisions");
      return;
    }
    const entries = await records.audit.list(query);
    for (const entry of entries) print(flags["json"] === true ? JSON.stringify(entry) : lineOf(entry));
    if (entries.length === 0) note("nothing has been decided yet");
  },
};
