import type { WrittenTime } from "#config/access-section";
import { error, type Finding, warning } from "#config/finding";
import type { KeyPath } from "#config/problem";
import type { ParsedFile } from "#config/schema";
import { BUILT_IN } from "#config/to-access";
import { suggestion } from "#config/wording";
import { nearest } from "#core/nearest";

/** The contract lets an engine call people as it likes; a word with a digit in it is no name, at least. */
const ENGINE_ID = /^(?=.*\d)\S{1,100}$/;

type Said = ParsedFile["groups"][string];

/** Contradictions among schedules, groups, persons and watch lists. */
export function accessFindings(file: ParsedFile): Finding[] {
  const said: [KeyPath, Said][] = [
    ...Object.entries(file.groups).map(([code, group]): [KeyPath, Said] => [["groups", code], group]),
    ...Object.entries(file.persons).map(([who, person]): [KeyPath, Said] => [["persons", who], person]),
  ];
  return [
    ...scheduleFindings(file, said),
    ...said.flatMap(([at, words]) => [...doorFindings(file, at, words), ...validityFindings(at, words)]),
    ...Object.entries(file.groups).flatMap(([code, group]) => groupFindings(file, code, group)),
    ...watchFindings(file),
    ...rosterFindings(file),
  ];
}

function scheduleFindings(file: ParsedFile, said: readonly [KeyPath, Said][]): Finding[] {
  const builtIn = BUILT_IN.map(({ name }) => name);
  const uses: [KeyPath, string | undefined][] = [
    [["policy", "schedule"], file.policy.schedule],
    ...Object.entries(file.doors).map(([id, door]): [KeyPath, string | undefined] => [
      ["doors", id, "schedule"],
      door.schedule,
    ]),
    ...said.map(([at, words]): [KeyPath, string | undefined] => [[...at, "schedule"], words.schedule]),
  ];
  const used = uses.flatMap(([path, name]) => (name === undefined ? [] : [{ path, name }]));
  const written = Object.keys(file.schedules);
  const known = [...written, ...builtIn];
  return [
    ...written.flatMap((name): Finding[] => {
      const path = ["schedules", name];
      if (builtIn.includes(name)) return [error(path, "is a name with a meaning already; take another")];
      if (used.some((use) => use.name === name)) return [];
      return [warning(path, "is used nowhere")];
    }),
    ...used
      .filter(({ name }) => !known.includes(name))
      .map(({ path, name }) => error(path, notThere("schedule", name, known))),
  ];
}

function doorFindings({ doors }: ParsedFile, at: KeyPath, words: Said): Finding[] {
  const known = Object.keys(doors);
  return (words.doors ?? []).flatMap((door, i) =>
    known.includes(door) ? [] : [error([...at, "doors", i], notThere("door", door, known))],
  );
}

function validityFindings(at: KeyPath, { valid_from, valid_until }: Said): Finding[] {
  if (valid_from === undefined || valid_until === undefined) return [];
  const isInOrder = sortable(valid_from, "00:00") < sortable(valid_until, "24:00");
  return isInOrder ? [] : [error([...at, "valid_until"], "is not after valid_from: it would never hold")];
}

/** Text in whose order times follow each other; `whole` is the time of day for a date alone. */
function sortable({ date, minute }: WrittenTime, whole: string): string {
  if (minute === null) return `${date} ${whole}`;
  return `${date} ${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;
}

/** The people of one door listed for another: it reads as if it let them in there. Other groups are there to be combined. */
function groupFindings({ doors }: ParsedFile, code: string, { doors: listed }: Said): Finding[] {
  if (!Object.values(doors).some(({ collection }) => collection === code)) return [];
  return (listed ?? []).flatMap((door, i): Finding[] => {
    const collection = Object.hasOwn(doors, door) ? doors[door]?.collection : code;
    if (collection === undefined || collection === code) return [];
    const message = `lets in only those who are in ${collection} as well, which is the collection of the door ${door}`;
    return [warning(["groups", code, "doors", i], message)];
  });
}

function watchFindings({ policy, doors, search }: ParsedFile): Finding[] {
  const lists: [KeyPath, readonly string[]][] = [
    [["policy", "watch_list"], policy.watch_list ?? []],
    ...Object.entries(doors).map(([id, door]): [KeyPath, readonly string[]] => [
      ["doors", id, "policy", "watch_list"],
      door.policy?.watch_list ?? [],
    ]),
  ];
  return lists.flatMap(([path, list]) => {
    if (list.length === 0) return [];
    const found: Finding[] = [];
    if (search.engine !== "local") {
      found.push(error(path, "needs engine: local, whose search compares every face with the watch list too"));
    }
    for (const [id, door] of Object.entries(doors)) {
      const inForce = door.policy?.watch_list ?? policy.watch_list ?? [];
      const isHere = path[0] === "policy" ? door.policy?.watch_list === undefined : path[1] === id;
      if (isHere && inForce.includes(door.collection)) {
        found.push(error(path, `holds ${door.collection}, the people of the door ${id}: nobody would ever be let in`));
      }
    }
    return found;
  });
}

/** With the engine's roster nobody here knows names or further collections: what is said of those would silently not hold. */
function rosterFindings({ search, groups, persons, doors }: ParsedFile): Finding[] {
  if (search.engine === "local" || search.verifik?.roster !== "engine") return [];
  const collections = Object.values(doors).map(({ collection }) => collection);
  return [
    ...Object.keys(persons)
      .filter((who) => !ENGINE_ID.test(who))
      .map((who) => error(["persons", who], "must be the engine's id: with its roster nobody here knows names")),
    ...Object.keys(groups)
      .filter((code) => !collections.includes(code))
      .map((code) =>
        error(["groups", code], "is no door's collection: with the engine's roster no others are known here"),
      ),
  ];
}

function notThere(what: string, wanted: string, known: readonly string[]): string {
  const near = nearest(wanted, known);
  return `there is no ${what} "${wanted}"${near === null ? `; there is ${known.join(", ")}` : suggestion(near)}`;
}
