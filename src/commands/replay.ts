import type { ReplayedDecision } from "#app-replay";
import { CONFIG_FLAG, type Command, text } from "#commands/command";
import { knownDoor, sinceOf } from "#commands/since";
import { loadConfig } from "#config/load";
import { isoOf } from "#core/instant";
import { wordsFor } from "#core/reason";

const CHANGES: Readonly<Record<Exclude<ReplayedDecision["change"], "same">, string>> = {
  grant_appears: "WOULD BE LET IN",
  grant_vanishes: "would be refused",
  other_person: "LET IN AS SOMEBODY ELSE",
  other_reason: "refused for another reason",
  not_kept: "kept by an older version, cannot be decided again",
  no_such_door: "this configuration has no such door",
};

/** Key order and number formats are part of the interface: the same log and configuration give the same bytes. */
function jsonOf({ entry: { sequence, record }, change, now }: ReplayedDecision): string {
  const verdict = now?.verdict ?? null;
  return JSON.stringify({
    sequence,
    id: record.id,
    at: isoOf(record.at),
    door: record.door,
    change,
    was: { result: record.result, reason: record.reason, person: record.personId },
    now: verdict && { result: verdict.result, reason: verdict.reason, person: verdict.personId },
    pictures: now?.frames ?? null,
    cut_short: now?.cutShort ?? null,
  });
}

function lineOf({ entry, change, now }: ReplayedDecision): string {
  const { sequence, record, personName } = entry;
  const who = personName ?? (record.personId === null ? "nobody known" : `person ${record.personId} (gone)`);
  const reason = now === null ? "" : `${now.verdict.reason}: ${wordsFor(now.verdict.reason)}`;
  return [
    String(sequence).padStart(6),
    isoOf(record.at),
    record.door.padEnd(10),
    who.padEnd(20),
    `was ${record.result} (${record.reason})`,
    change === "same" ? "the same" : CHANGES[change],
    `${reason}${now?.cutShort === true ? "; would have waited for pictures that were never taken" : ""}`,
  ]
    .join("  ")
    .trimEnd();
}

export const replay: Command = {
  name: "replay",
  summary: "decides recorded visits again under a changed configuration, and lists what would come out otherwise",
  usage: ["--config NEW.yaml [--since 7d] [--door DOOR] [--json]"],
  about: [
    "Reads the scores that were recorded, never a picture; changes nothing and opens nothing.",
    "Whoever was let in early left no pictures after that: under stricter rules such a visit counts as one that ended there.",
  ],
  flags: {
    ...CONFIG_FLAG,
    since: { type: "string", default: "7d" },
    door: { type: "string" },
    json: { type: "boolean" },
  },
  async run(_words, flags, { env, print, note, signal }) {
    const agoMs = sinceOf(flags, "replay");
    const { config } = await loadConfig(text(flags, "config") ?? "", { env });
    const door = text(flags, "door");
    if (door !== undefined) knownDoor(config.doors, door, "replay");
    const { openHindsight } = await import("#app-replay");
    await using hindsight = await openHindsight(config);
    const counts = new Map<ReplayedDecision["change"], number>();
    let all = 0;
    for await (const decision of hindsight.replay({ agoMs, ...(door === undefined ? {} : { door }) })) {
      signal.throwIfAborted();
      all++;
      counts.set(decision.change, (counts.get(decision.change) ?? 0) + 1);
      if (flags["json"] === true) print(jsonOf(decision));
      else if (decision.change !== "same") print(lineOf(decision));
    }
    if (all === 0) return note("nothing was decided in that time");
    const told = [...counts].map(([change, count]) => `${count} ${change.replaceAll("_", " ")}`).sort();
    note(`${all} recorded decisions: ${told.join(", ")}`);
  },
};
