import type { WrittenTime } from "#config/access-section";
import type { ParsedFile } from "#config/schema";
import type { AccessPolicy, AccessWords } from "#core/access";
import type { Instant } from "#core/instant";
import { ALWAYS, NEVER, type Schedule } from "#core/schedule";
import { daysAfter, instantsAt } from "#core/wall-time";

/** Schedules that need no writing down. */
export const BUILT_IN = [ALWAYS, NEVER];

/** Who may use this door, and when: everything the file says of it in one place. `timeZone` is the site's. */
export function accessOf(file: ParsedFile, door: ParsedFile["doors"][string], timeZone: string): AccessPolicy {
  const schedule = (name: string | undefined): Schedule | null => scheduleCalled(name, file.schedules);
  const wordsOf = (said: ParsedFile["groups"][string]): AccessWords => ({
    doors: said.doors ?? null,
    schedule: schedule(said.schedule),
    validFrom: said.valid_from === undefined ? null : beginOf(said.valid_from, timeZone),
    validUntil: said.valid_until === undefined ? null : endOf(said.valid_until, timeZone),
    offlineAllowed: said.offline_allowed ?? null,
  });
  return {
    timeZone,
    siteSchedule: schedule(file.policy.schedule),
    doorSchedule: schedule(door.schedule),
    groups: Object.entries(file.groups).map(([collection, said]) => ({ collection, ...wordsOf(said) })),
    persons: Object.entries(file.persons).map(([person, said]) => ({ person, ...wordsOf(said) })),
    watchList: door.policy?.watch_list ?? file.policy.watch_list ?? [],
  };
}

/** A name that is not there would be nobody's hours; the cross-checks have refused it before. */
function scheduleCalled(name: string | undefined, schedules: ParsedFile["schedules"]): Schedule | null {
  if (name === undefined) return null;
  const written = Object.hasOwn(schedules, name) ? schedules[name] : undefined;
  if (written === undefined) return BUILT_IN.find((known) => known.name === name) ?? NEVER;
  return { name, week: written.week, exceptions: written.exceptions ?? {} };
}

/** Of a time that the clock shows twice or skips, the later reading: whoever is not yet valid stays outside. */
function beginOf({ date, minute }: WrittenTime, timeZone: string): Instant {
  return instantsAt({ date, minute: minute ?? 0 }, timeZone).last;
}

/** … and here the earlier one. A date alone counts to its end. */
function endOf({ date, minute }: WrittenTime, timeZone: string): Instant {
  const end = minute === null ? { date: daysAfter(date, 1), minute: 0 } : { date, minute };
  return instantsAt(end, timeZone).first;
}
