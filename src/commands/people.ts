import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  CONFIG_FLAG,
  type Command,
  type CommandContext,
  type FlagValues,
  suggestion,
  text,
  texts,
  usageError,
} from "#commands/command";
import type { Config } from "#config/config";
import { loadConfig } from "#config/load";
import { isoOf } from "#core/instant";
import { LimenError } from "#errors";

const HELP = "see: limen help people";

/** The collections that the config's doors let in, each once. */
function doorCollections(config: Config): string[] {
  return [...new Set(config.doors.map((door) => door.collection))];
}

async function add(
  config: Config,
  photos: readonly string[],
  flags: FlagValues,
  context: CommandContext,
): Promise<void> {
  const name = text(flags, "name");
  if (name === undefined) throw usageError("who is it? give --name", HELP);
  if (photos.length === 0) throw usageError("give at least one photo of the person", HELP);
  const asked = texts(flags, "collection");
  const known = doorCollections(config);
  const collections = asked.length > 0 ? asked : known;
  if (asked.length === 0 && known.length > 1) {
    throw usageError(`which collection? give --collection (the doors use ${known.join(", ")})`, HELP);
  }
  const { openEnrolment } = await import("#app-offline");
  await using desk = await openEnrolment(config, { env: context.env, note: context.note });
  const { person, lookAlikes, taken } = await desk.enrol({ name, collections, photos }, context.signal);
  const folder = text(flags, "show");
  for (const [i, face] of folder === undefined ? [] : taken.entries()) {
    const file = join(folder ?? "", `${person.id}-${i + 1}.jpg`);
    await writeFile(file, await desk.cropOf(face), { mode: 0o600 });
    context.note(`the face taken from ${face.photo} is in ${file}`);
  }
  for (const other of lookAlikes) {
    context.note(
      `warning: ${person.name} looks much like ${other.name} (score ${other.score.toFixed(2)}); check that they are two people`,
    );
  }
  if (flags["json"] === true) context.print(JSON.stringify({ ...person, lookAlikes }));
  else
    context.print(
      `${person.name} is enrolled (id ${person.id}, ${person.faces} face(s), in ${collections.join(", ")})`,
    );
}

async function list(config: Config, flags: FlagValues, { print, note }: CommandContext): Promise<void> {
  const { openRecords } = await import("#app-offline");
  await using records = await openRecords(config);
  const [collection] = texts(flags, "collection");
  const everybody = await records.gallery.people(collection);
  for (const person of everybody) {
    print(
      flags["json"] === true
        ? JSON.stringify(person)
        : `${person.id}  ${person.name.padEnd(24)}  ${person.faces} face(s)  ${person.active ? "active" : "switched off"}  since ${isoOf(person.createdAt)}`,
    );
  }
  if (everybody.length === 0) note("nobody is enrolled yet; begin with: limen people add --name NAME PHOTO");
}

async function remove(config: Config, words: readonly string[], { print }: CommandContext): Promise<void> {
  const [who] = words;
  if (who === undefined || words.length > 1) throw usageError("remove takes one person: an id or an exact name", HELP);
  const { openRecords } = await import("#app-offline");
  await using records = await openRecords(config);
  const everybody = await records.gallery.people();
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
  await records.gallery.removePerson(person.id);
  print(`${person.name} is removed with ${person.faces} face(s); a running Limen lets them in no more`);
}

export const people: Command = {
  name: "people",
  summary: "enrols, lists and removes the people who may pass",
  usage: [
    "add --name NAME [--collection CODE] [--show FOLDER] [--json] PHOTO [PHOTO ...] [--config FILE]",
    "list [--collection CODE] [--json] [--config FILE]",
    "remove ID-OR-NAME [--config FILE]",
  ],
  flags: {
    ...CONFIG_FLAG,
    name: { type: "string" },
    collection: { type: "string", multiple: true },
    show: { type: "string" },
    json: { type: "boolean" },
  },
  async run(words, flags, context) {
    const [action, ...rest] = words;
    if (action !== "add" && action !== "list" && action !== "remove") {
      const near = action === undefined ? "" : suggestion(action, ["add", "list", "remove"]);
      throw usageError(action === undefined ? "add, list or remove?" : `people has no action "${action}"${near}`, HELP);
    }
    const { config } = await loadConfig(text(flags, "config") ?? "", { env: context.env });
    if (action === "add") return add(config, rest, flags, context);
    if (action === "list") return list(config, flags, context);
    return remove(config, rest, context);
  },
};
