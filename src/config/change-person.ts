import { isDeepStrictEqual } from "node:util";
import { timeIn, timeText, type WrittenTime } from "#config/access-section";
import { changeConfigFile } from "#config/change-file";
import { scalarText, withKey, withoutKey } from "#config/edit";
import { type LoadOptions, loadConfig } from "#config/load";
import { plainOf } from "#config/plain";
import type { ParsedFile } from "#config/schema";
import { BUILT_IN } from "#config/to-access";
import { type AccessEntry, type Named, NOTHING_WRITTEN, type WrittenAccess } from "#core/written-access";
import { LimenError } from "#errors";

type Said = ParsedFile["persons"][string];

function keysOf(persons: ParsedFile["persons"], { id, name }: Named): readonly string[] {
  return [id, name].filter((key) => Object.hasOwn(persons, key));
}

function writtenOf(said: Said): WrittenAccess {
  return {
    doors: said.doors ?? null,
    schedule: said.schedule ?? null,
    validFrom: said.valid_from === undefined ? null : timeText(said.valid_from),
    validUntil: said.valid_until === undefined ? null : timeText(said.valid_until),
    offlineAllowed: said.offline_allowed ?? null,
  };
}

/** What `persons` of this file says of somebody now. Throws LIMEN_CONFIG_*. */
export async function readPersonAccess(file: string, person: Named, options: LoadOptions): Promise<AccessEntry> {
  const { parsed } = await loadConfig(file, options);
  const keys = keysOf(parsed.persons, person);
  const [key = "", second] = keys;
  const said = second === undefined ? parsed.persons[key] : undefined;
  return {
    keys,
    access: said === undefined ? NOTHING_WRITTEN : writtenOf(said),
    schedules: [...BUILT_IN.map(({ name }) => name), ...Object.keys(parsed.schedules)],
    doors: Object.keys(parsed.doors),
    asksOffline: parsed.search.engine === "verifik_then_local",
  };
}

/** The keys of an entry in the order they are written, each as YAML in one line. */
function linesOf({ doors, schedule, validFrom, validUntil, offlineAllowed }: WrittenAccess) {
  return [
    ["doors", doors && `[${doors.map(scalarText).join(", ")}]`],
    ["schedule", schedule && scalarText(schedule)],
    ["valid_from", validFrom],
    ["valid_until", validUntil],
    ["offline_allowed", offlineAllowed === null ? null : String(offlineAllowed)],
  ] as const;
}

function saidOf(access: WrittenAccess): Said {
  const time = (text: string): WrittenTime => {
    const found = timeIn(text);
    if (found !== null) return found;
    throw new LimenError("LIMEN_CONFIG_INVALID", `"${text}" is no date such as 2026-12-24, or 2026-12-24 18:00`);
  };
  return {
    ...(access.doors && { doors: [...access.doors] }),
    ...(access.schedule !== null && { schedule: access.schedule }),
    ...(access.validFrom !== null && { valid_from: time(access.validFrom) }),
    ...(access.validUntil !== null && { valid_until: time(access.validUntil) }),
    ...(access.offlineAllowed !== null && { offline_allowed: access.offlineAllowed }),
  };
}

/**
 * Writes what holds for somebody into their entry under `persons`: the one there is, under the id or the name, or a new one under the id.
 * Only keys that differ are touched. An entry that says nothing any more is taken away, or stays as `{}` where a comment stands in it.
 * Throws LIMEN_CONFIG_*: then the file is as it was, also when there are two entries.
 */
export async function writePersonAccess(
  file: string,
  person: Named,
  access: WrittenAccess | null,
  options: LoadOptions,
): Promise<void> {
  const { parsed } = await loadConfig(file, options);
  const [known, second] = keysOf(parsed.persons, person);
  if (second !== undefined) {
    throw new LimenError("LIMEN_CONFIG_UNREADABLE", `${file} could not be changed: persons has two entries for them`, {
      hint: `leave one, under the id ${person.id} or under the name`,
    });
  }
  const wanted = saidOf(access ?? NOTHING_WRITTEN);
  const key = known ?? person.id;
  const before = writtenOf(parsed.persons[key] ?? {});
  const old = new Map<string, string | null>(linesOf(before));
  const lines = linesOf(access ?? NOTHING_WRITTEN);
  const left = lines.flatMap(([name, value]) => (value === null ? [] : [`${name}: ${value}`]));
  const whole = `{ ${left.join(", ")} }`;

  const edit = (text: string): string | null => {
    if (known === undefined) return left.length === 0 ? text : withKey(text, ["persons", key], whole);
    let edited: string | null = text;
    for (const [name, value] of lines) {
      if (edited === null || value === old.get(name)) continue;
      const path = ["persons", key, name];
      edited = value === null ? withoutKey(edited, path) : withKey(edited, path, value);
    }
    if (edited === null || left.length > 0) return edited;
    return withoutKey(edited, ["persons", key]) ?? edited;
  };
  const entry = scalarText(key);
  const { [key]: _, ...others } = parsed.persons;
  const meant = { ...parsed, persons: { ...others, [key]: wanted } };
  await changeConfigFile(
    file,
    {
      edit,
      byHand:
        left.length === 0
          ? `take ${entry} under persons away by hand`
          : `write this under persons by hand: ${entry}: ${whole}`,
      isDone: ({ parsed: after }) => {
        const persons = { ...after.persons, [key]: after.persons[key] ?? {} };
        return isDeepStrictEqual(plainOf({ ...after, persons }), plainOf(meant));
      },
    },
    options,
  );
}
