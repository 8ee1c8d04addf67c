import { CONFIG_FLAG, type Command, type CommandContext, suggestion, text, usageError } from "#commands/command";
import { personMeant } from "#commands/people-action";
import { timeIn } from "#config/access-section";
import type { Config, DoorConfig } from "#config/config";
import { loadConfig } from "#config/load";
import { type Explanation, localText, speakerOf } from "#core/explanation";
import { type Instant, instant, isoOf } from "#core/instant";
import { opensIn } from "#core/policy";
import { wordsFor } from "#core/reason";
import { instantsAt } from "#core/wall-time";
import { LimenError } from "#errors";

const HELP = "see: limen help explain";
const NOT_ASKED = "Not asked here: the face itself, the camera, and what the door remembers of the last minutes.";

export const explain: Command = {
  name: "explain",
  summary: "says whether somebody may pass a door at some time, which rule decides, and why",
  usage: ['--door DOOR --person ID-OR-NAME [--at "YYYY-MM-DD HH:MM"] [--json] [--config FILE]'],
  about: [
    "The time is the site's own, and now unless given. Needs no running Limen. The exit code is 0 when the person may pass, 1 when not.",
  ],
  flags: {
    ...CONFIG_FLAG,
    door: { type: "string" },
    person: { type: "string" },
    at: { type: "string" },
    json: { type: "boolean" },
  },
  async run(words, flags, context) {
    const who = text(flags, "person");
    if (words.length > 0 || who === undefined) throw usageError("whom is it about? give --person", HELP);
    const { config } = await loadConfig(text(flags, "config") ?? "", { env: context.env });
    const door = doorMeant(config, text(flags, "door"));
    const at = timeMeant(text(flags, "at"), config.site.timeZone);
    const { explainAccess } = await import("#app-access");
    const told = await explainAccess(config, { door, who, at }, (gallery) => personMeant(gallery, "explain", [who]));
    const { timeZone } = config.site;
    if (flags["json"] === true) {
      const { person, ...explanation } = told;
      const local = localText(at, timeZone);
      const about = { door: door.id, person, at: isoOf(at), local, timeZone, mode: door.mode };
      context.print(JSON.stringify({ ...about, words: wordsFor(told.reason), ...explanation }));
    } else {
      const name = told.person.name ?? told.person.id;
      context.print(`${name} at the door ${door.id} on ${localText(at, timeZone)} (${timeZone})\n`);
      printSteps(told, door, context);
    }
    if (!told.allowed) {
      throw new LimenError(
        "LIMEN_ACCESS_REFUSED",
        `${told.person.name ?? told.person.id} may not pass ${door.id} then`,
      );
    }
  },
};

function printSteps(told: Explanation, door: DoorConfig, { print }: CommandContext): void {
  const rows = told.steps.map((step) => [step.result, step.rule.replace("_", " "), speakerOf(step), step.says]);
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  for (const row of rows) print(row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  "));
  print("");
  if (told.groups.length > 1) {
    const taken = `${told.group ?? ""} ${told.allowed ? "lets them in" : "came furthest"}`;
    print(`of the groups ${told.groups.join(", ")}: ${taken}`);
  }
  const { decidedBy } = told;
  const rule = `${decidedBy.rule.replace("_", " ")}, by the word of ${speakerOf(decidedBy)}`;
  const but = told.allowed && !opensIn(door.mode) ? `; but the door is in mode ${door.mode} and opens for nobody` : "";
  print(told.allowed ? `may pass: last asked was ${rule}${but}` : `refused, ${told.reason}: ${wordsFor(told.reason)}`);
  if (!told.allowed) print(`what decides: ${rule}`);
  print(NOT_ASKED);
}

/** Throws LIMEN_USAGE naming the doors there are. */
function doorMeant({ doors }: Config, id: string | undefined): DoorConfig {
  const door = doors.find((known) => known.id === id);
  if (door !== undefined) return door;
  const ids = doors.map((known) => known.id);
  if (id === undefined) throw usageError(`which door? give --door (${ids.join(", ")})`, HELP);
  throw usageError(`there is no door "${id}"${suggestion(id, ids)}`, `the doors are ${ids.join(", ")}`);
}

/** Throws LIMEN_USAGE for a time that is none, or that no clock at the site shows. */
function timeMeant(written: string | undefined, timeZone: string): Instant {
  if (written === undefined) return instant(Date.now());
  const time = timeIn(written);
  if (time === null) throw usageError('--at takes a time such as "2026-12-24 18:00"', HELP);
  const { first, isShown } = instantsAt({ date: time.date, minute: time.minute ?? 0 }, timeZone);
  if (!isShown) throw usageError(`no clock in ${timeZone} shows ${written}: it is set forward then`, HELP);
  return first;
}
