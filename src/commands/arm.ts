import { CONFIG_FLAG, type Command, type CommandContext, text } from "#commands/command";
import { knownDoor, sinceOf } from "#commands/since";
import { writeDoorMode } from "#config/change-file";
import { loadConfig } from "#config/load";
import { type ArmingTally, tallyOf, upperBound } from "#core/arming";
import { isoOf } from "#core/instant";
import { wordsFor } from "#core/reason";
import { LimenError } from "#errors";
import type { AuditEntry } from "#ports/audit-log";

const MOST_LISTED = 20;

const percent = (rate: number): string => `${(100 * rate).toPrecision(2)} %`;

/** What the labels allow to say, and where they come to an end. */
function findings(tally: ArmingTally): string[] {
  const { grants, denials, rightGrants, wrongGrants, rightDenials, wrongDenials } = tally;
  const strangers = wrongGrants + rightDenials;
  const entitled = rightGrants + wrongDenials;
  return [
    `${grants + denials} visits: ${grants} would have opened the door, ${denials} were refused`,
    `labelled: ${rightGrants} right and ${wrongGrants} wrong openings, ${rightDenials} right and ${wrongDenials} wrong refusals`,
    strangers === 0
      ? "wrong openings: nothing can be said, no visit of somebody who should not pass is labelled"
      : `wrong openings: ${wrongGrants} in ${strangers} visits of people who should not pass; with 95 % confidence at most ${percent(upperBound(wrongGrants, strangers))} of such visits`,
    entitled === 0
      ? "wrong refusals: nothing can be said, no visit of somebody who may pass is labelled"
      : `wrong refusals: ${wrongDenials} in ${entitled} visits of people who may pass; with 95 % confidence at most ${percent(upperBound(wrongDenials, entitled))}`,
    "this holds for different people who come independently: ten visits of one stranger count for little more than one",
  ];
}

function lineOf({ sequence, record, personName, label }: AuditEntry): string {
  const who = personName ?? (record.personId === null ? "nobody known" : `person ${record.personId} (gone)`);
  return `${String(sequence).padStart(6)}  ${isoOf(record.at)}  ${record.result.padEnd(5)}  ${who.padEnd(20)}  ${wordsFor(record.reason)}  [${label ?? "not labelled"}]`;
}

function tell(door: string, entries: readonly AuditEntry[], print: CommandContext["print"]): void {
  // What is still to be labelled first, grants before refusals: those are what arming would let happen.
  const worth = entries
    .toSorted(
      (a, b) => Number(a.label !== null) - Number(b.label !== null) || b.record.result.localeCompare(a.record.result),
    )
    .slice(0, MOST_LISTED);
  for (const entry of worth) print(lineOf(entry));
  if (entries.length > worth.length)
    print(`        … and ${entries.length - worth.length} more: limen decisions --door ${door}`);
}

export const arm: Command = {
  name: "arm",
  summary: "shows what a door in shadow mode would have done, and lets it open from now on",
  usage: ["--door DOOR [--since 30d] [--yes] [--anyway] [--config FILE]"],
  about: [
    "Without --yes it only shows. Label visits with limen label, so that there is something to go by.",
    "--yes writes `mode: normal` into the configuration file; it is refused after a wrong opening, or with nothing labelled, unless --anyway.",
  ],
  flags: {
    ...CONFIG_FLAG,
    door: { type: "string" },
    since: { type: "string", default: "30d" },
    yes: { type: "boolean" },
    anyway: { type: "boolean" },
  },
  async run(_words, flags, { env, print, note }) {
    const agoMs = sinceOf(flags, "arm");
    const file = text(flags, "config") ?? "";
    const { config } = await loadConfig(file, { env });
    const door = knownDoor(config.doors, text(flags, "door") ?? "", "arm");
    const { openHindsight } = await import("#app-replay");
    const entries: AuditEntry[] = [];
    await using hindsight = await openHindsight(config);
    for await (const entry of hindsight.ofDoor(door.id, agoMs)) if (entry.record.mode === "shadow") entries.push(entry);
    tell(door.id, entries, print);
    const tally = tallyOf(entries);
    for (const line of findings(tally)) print(line);
    if (flags["yes"] !== true) {
      return note(
        door.mode === "shadow" ? `limen arm --door ${door.id} --yes arms the door` : `the door is in mode ${door.mode}`,
      );
    }
    if (door.mode !== "shadow") {
      throw new LimenError(
        "LIMEN_ARM_REFUSED",
        `door ${door.id} is in mode ${door.mode}; only a door in shadow mode is armed`,
      );
    }
    const labelled = tally.rightGrants + tally.wrongGrants + tally.rightDenials + tally.wrongDenials;
    const objection =
      tally.wrongGrants > 0
        ? `${tally.wrongGrants} wrong opening(s) were labelled`
        : labelled === 0
          ? "no visit is labelled"
          : null;
    if (objection !== null && flags["anyway"] !== true) {
      throw new LimenError("LIMEN_ARM_REFUSED", `door ${door.id} stays in shadow mode: ${objection}`, {
        hint:
          tally.wrongGrants > 0
            ? "raise search.min_score or policy.agree and look with limen replay, or arm it with --anyway"
            : "label some visits with limen label, or arm it with --anyway",
      });
    }
    await writeDoorMode(file, door.id, "normal", { env });
    print(`door ${door.id} is armed: mode: normal stands in ${file}; restart Limen to make it so`);
  },
};
