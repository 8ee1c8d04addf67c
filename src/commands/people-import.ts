import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { ImportOutcome } from "#app-offline";
import { type CommandContext, usageError } from "#commands/command";
import { collectionsToJoin, lookAlikeWarning, PEOPLE_HELP, type PeopleAction } from "#commands/people-action";
import { createProgress, durationOf, type Progress } from "#commands/progress";
import { photosToTake } from "#core/person-folder";
import { LimenError, messageOf } from "#errors";

/** Names of the folders in a folder, sorted. Throws LIMEN_USAGE when there are none, or it cannot be read. */
async function foldersIn(directory: string): Promise<string[]> {
  try {
    const entries = await readdir(directory, { withFileTypes: true });
    const folders = entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith("."));
    if (folders.length > 0) return folders.map(({ name }) => name).sort();
  } catch (cause) {
    throw usageError(`cannot read the folder ${directory}: ${messageOf(cause)}`, PEOPLE_HELP);
  }
  throw usageError(`${directory} has no folder in it: import takes a folder a person`, PEOPLE_HELP);
}

async function photosIn(folder: string, say: (line: string) => void): Promise<string[]> {
  const files = await readdir(folder).catch((cause: unknown) => {
    throw new LimenError("LIMEN_PHOTO_UNREADABLE", `cannot read the folder ${folder}: ${messageOf(cause)}`, { cause });
  });
  const { taken, leftOut } = photosToTake(files);
  if (taken.length === 0) {
    throw new LimenError("LIMEN_PERSON_INVALID", `${folder}: there is no photo in it`, {
      hint: "put a JPEG, PNG or WebP photo into the folder",
    });
  }
  if (leftOut > 0) say(`${folder}: the first ${taken.length} photos are taken, ${leftOut} left out`);
  return taken.map((file) => join(folder, file));
}

type Refused = Extract<ImportOutcome, { outcome: "refused" }>;

/** What is kept of the people who are done: how many, and why not. */
interface Tally {
  enrolled: number;
  alreadyThere: number;
  readonly refused: Refused[];
}

function count(tally: Tally, outcome: ImportOutcome): void {
  if (outcome.outcome === "refused") tally.refused.push(outcome);
  else if (outcome.outcome === "enrolled") tally.enrolled++;
  else tally.alreadyThere++;
}

function report(
  { enrolled, alreadyThere, refused }: Tally,
  all: number,
  progress: Progress,
  asJson: boolean,
  { print }: CommandContext,
): void {
  const notReached = all - enrolled - alreadyThere - refused.length;
  if (asJson) {
    const elapsedMs = Math.round(progress.elapsedMs());
    print(JSON.stringify({ outcome: "end", enrolled, refused: refused.length, alreadyThere, notReached, elapsedMs }));
    return;
  }
  const stopped = notReached === 0 ? "" : `, not reached: ${notReached}`;
  const took = durationOf(progress.elapsedMs());
  print(`enrolled: ${enrolled}, refused: ${refused.length}, already there: ${alreadyThere}${stopped} (${took})`);
  for (const { name, code, reason, hint } of refused) {
    print(`refused  ${name}: ${reason} [${code}]${hint === null ? "" : `\n         what to do: ${hint}`}`);
  }
}

export const importFolders: PeopleAction = async (config, words, flags, context) => {
  const [directory] = words;
  if (directory === undefined || words.length > 1) throw usageError("import takes one folder", PEOPLE_HELP);
  const asJson = flags["json"] === true;
  const collections = collectionsToJoin(config, flags);
  const allowDuplicate = flags["allow-duplicate"] === true;
  const folders = await foldersIn(directory);
  const { openEnrolment } = await import("#app-offline");
  await using desk = await openEnrolment(config, { env: context.env, note: context.note });
  const progress = createProgress({
    all: folders.length,
    draw: context.isTerminal && !asJson ? context.write : null,
    note: context.note,
    nowMs: () => performance.now(),
  });
  const photosOf = (folder: string): Promise<string[]> => photosIn(join(directory, folder), progress.say);
  const order = { folders, collections, allowDuplicate };
  const tally: Tally = { enrolled: 0, alreadyThere: 0, refused: [] };
  try {
    for await (const outcome of desk.importPeople(photosOf, order, context.signal)) {
      count(tally, outcome);
      if (asJson) context.print(JSON.stringify(outcome));
      for (const other of outcome.outcome === "enrolled" ? outcome.lookAlikes : []) {
        progress.say(lookAlikeWarning(outcome.name, other));
      }
      progress.step();
    }
  } finally {
    // Also of an import that was stopped: whoever is enrolled stays so.
    progress.end();
    report(tally, folders.length, progress, asJson, context);
  }
  if (tally.refused.length > 0) {
    throw new LimenError("LIMEN_PERSON_INVALID", `${tally.refused.length} of ${folders.length} people were refused`, {
      hint: "mend what the report says and run it again: whoever is enrolled is left as they are",
    });
  }
};
