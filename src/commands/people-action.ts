import { type CommandContext, type FlagValues, suggestion, texts, usageError } from "#commands/command";
import type { Config } from "#config/config";
import { LimenError } from "#errors";
import type { Gallery, Person } from "#ports/gallery";

export const PEOPLE_HELP = "see: limen help people";

/** One thing `limen people` can do; `words` are those after its name. */
export type PeopleAction = (
  config: Config,
  words: readonly string[],
  flags: FlagValues,
  context: CommandContext,
) => Promise<void>;

/** Codes of the collections to enrol into: those asked for, else the one that all doors let in. Throws LIMEN_USAGE when that is open. */
export function collectionsToJoin(config: Config, flags: FlagValues): string[] {
  const asked = texts(flags, "collection");
  const known = [...new Set(config.doors.map((door) => door.collection))];
  if (asked.length === 0 && known.length > 1) {
    throw usageError(`which collection? give --collection (the doors use ${known.join(", ")})`, PEOPLE_HELP);
  }
  return asked.length > 0 ? asked : known;
}

/** The one person meant by an id or an exact name. Throws LIMEN_USAGE, LIMEN_PERSON_UNKNOWN naming the nearest name. */
export async function personMeant(gallery: Gallery, action: string, words: readonly string[]): Promise<Person> {
  const [who] = words;
  if (who === undefined || words.length > 1) {
    throw usageError(`${action} takes one person: an id or an exact name`, PEOPLE_HELP);
  }
  const everybody = await gallery.people();
  const meant = everybody.filter((person) => person.id === who || person.name === who);
  const [person] = meant;
  if (person === undefined) {
    const near = suggestion(
      who,
      everybody.map(({ name }) => name),
    );
    throw new LimenError("LIMEN_PERSON_UNKNOWN", `nobody is enrolled as "${who}"${near}`, {
      hint: "limen people list shows everybody",
    });
  }
  if (meant.length > 1) {
    throw usageError(
      `${meant.length} people are called ${who}`,
      `give the id instead: ${meant.map(({ id }) => id).join(", ")}`,
    );
  }
  return person;
}

/** What to tell whoever enrolled somebody who looks like somebody else. */
export function lookAlikeWarning(name: string, other: { readonly name: string; readonly score: number }): string {
  return `warning: ${name} looks much like ${other.name} (score ${other.score.toFixed(2)}); check that they are two people`;
}
