import type { Instant } from "#core/instant";
import type { DenyReason } from "#core/reason";
import { isAlways, isInside, type Schedule } from "#core/schedule";

/** What one layer of the configuration says of people's access; null = nothing, and the next layer is asked. */
export interface AccessWords {
  /** Ids of the doors they may use, of those whose collection they are in. */
  readonly doors: readonly string[] | null;
  readonly schedule: Schedule | null;
  /** From this instant on. */
  readonly validFrom: Instant | null;
  /** Until just before this instant. */
  readonly validUntil: Instant | null;
  /** May be let in on this computer's word alone while the engine on the network is away. */
  readonly offlineAllowed: boolean | null;
}

export interface GroupAccess extends AccessWords {
  /** Code of the collection whose people are meant. */
  readonly collection: string;
}

export interface PersonAccess extends AccessWords {
  /** Id, or the exact name of everybody who is called so. */
  readonly person: string;
}

/** Who may use one door, and when: all that the configuration says of it, as plain data. */
export interface AccessPolicy {
  /** IANA name; the configuration has checked it. */
  readonly timeZone: string;
  readonly siteSchedule: Schedule | null;
  readonly doorSchedule: Schedule | null;
  readonly groups: readonly GroupAccess[];
  readonly persons: readonly PersonAccess[];
  /** Codes of the collections nobody of which is let in anywhere. */
  readonly watchList: readonly string[];
}

/** What must be known of a person to find the words that are about them. */
export interface Enrolled {
  readonly id: string;
  /** Null where only another computer knows it. */
  readonly name: string | null;
  readonly collections: readonly string[];
}

/** Where and when somebody wants to pass. */
export interface Passage {
  readonly door: string;
  /** The door is in free access: its collection and validity dates count, hours and lists of doors do not. */
  readonly isFree: boolean;
  readonly at: Instant;
  readonly clockTrusted: boolean;
}

export type AccessRefusal = Extract<DenyReason, "not_allowed_here" | "outside_schedule" | "clock_untrusted">;
export type Layer = "person" | "group" | "door" | "site" | "nobody";
export type AccessRule = "doors" | "valid_from" | "valid_until" | "schedule";

/** What one layer says of somebody, and which person, group or door it says it under. */
export interface Said {
  readonly layer: Layer;
  readonly by: string;
  readonly words: AccessWords;
}

const SILENT: AccessWords = { doors: null, schedule: null, validFrom: null, validUntil: null, offlineAllowed: null };

/** One rule, as one layer's word decides it. */
export interface AccessStep {
  readonly rule: AccessRule;
  /** Whose word it is; `nobody` = no layer says anything, so the rule asks nothing. */
  readonly layer: Layer;
  readonly refusal: AccessRefusal | null;
}

/** Somebody's access as a member of one group, or of none that anything is said of. Its first refusal is its answer. */
export interface Route {
  /** Collection code; null = no group of theirs is in the configuration. */
  readonly group: string | null;
  readonly steps: readonly AccessStep[];
  readonly refusal: AccessRefusal | null;
}

/**
 * May this person pass? For each rule the person's own word beats the group's, the group's beats the door's, the door's the site's.
 * Of several groups each is gone through as a whole, and one that allows is enough. The first route that allows is returned, or
 * else the one that came furthest. Says nothing of the collection, which is necessary besides.
 */
export function judgeAccess(access: AccessPolicy, person: Enrolled, passage: Passage): Route {
  const [first = null, ...others] = groupsOf(access, person);
  let best = routeVia(first, access, person, passage);
  for (const group of others) {
    const route = routeVia(group, access, person, passage);
    if (reachOf(route) > reachOf(best)) best = route;
  }
  return best;
}

/** The groups that something is said of and this person is in. */
export function groupsOf({ groups }: AccessPolicy, { collections }: Pick<Enrolled, "collections">): GroupAccess[] {
  return groups.filter(({ collection }) => collections.includes(collection));
}

/** How many rules a route has passed before it was refused. */
function reachOf({ steps, refusal }: Route): number {
  return refusal === null ? Number.POSITIVE_INFINITY : steps.findIndex((step) => step.refusal !== null);
}

function routeVia(group: GroupAccess | null, access: AccessPolicy, person: Enrolled, passage: Passage): Route {
  const { isFree, at, clockTrusted } = passage;
  const said = wordsFor(access, person, group?.collection ?? null, passage.door);
  const doors = firstWord(said, (words) => words.doors);
  const from = firstWord(said, (words) => words.validFrom);
  const until = firstWord(said, (words) => words.validUntil);
  const schedule = firstWord(said, (words) => words.schedule);
  const timed = <T>(word: T | null, passes: (word: T) => boolean): AccessRefusal | null => {
    if (word === null) return null;
    if (!clockTrusted) return "clock_untrusted";
    return passes(word) ? null : "outside_schedule";
  };
  const hours = isFree || (schedule.word !== null && isAlways(schedule.word)) ? null : schedule.word;
  const isElsewhere = !isFree && doors.word !== null && !doors.word.includes(passage.door);
  const steps: AccessStep[] = [
    { rule: "doors", layer: doors.layer, refusal: isElsewhere ? "not_allowed_here" : null },
    { rule: "valid_from", layer: from.layer, refusal: timed(from.word, (first) => at >= first) },
    { rule: "valid_until", layer: until.layer, refusal: timed(until.word, (end) => at < end) },
    { rule: "schedule", layer: schedule.layer, refusal: timed(hours, (s) => isInside(s, at, access.timeZone)) },
  ];
  const refusal = steps.find((step) => step.refusal !== null)?.refusal ?? null;
  return { group: group?.collection ?? null, steps, refusal };
}

/** Everything that is said of this person at this door as a member of one group, the word that beats the others first. */
export function wordsFor(access: AccessPolicy, { id, name }: Enrolled, group: string | null, door: string): Said[] {
  // What is said under the id beats what is said under a name that others may have too.
  const own = [id, name].flatMap((key) => access.persons.filter(({ person }) => person === key));
  return [
    ...own.map((words): Said => ({ layer: "person", by: words.person, words })),
    ...access.groups
      .filter(({ collection }) => collection === group)
      .map((words): Said => ({ layer: "group", by: words.collection, words })),
    { layer: "door", by: door, words: { ...SILENT, schedule: access.doorSchedule } },
    { layer: "site", by: "", words: { ...SILENT, schedule: access.siteSchedule } },
  ];
}

function firstWord<T>(said: readonly Said[], of: (words: AccessWords) => T | null): { word: T | null; layer: Layer } {
  for (const { layer, words } of said) {
    const word = of(words);
    if (word !== null) return { word, layer };
  }
  return { word: null, layer: "nobody" };
}

/** May this person be let in on this computer's word alone? Their own word beats their groups', of which one is enough; else no. */
export function isOfflineAllowed(access: AccessPolicy, person: Enrolled): boolean {
  const own = firstWord(wordsFor(access, person, null, ""), (words) => words.offlineAllowed).word;
  return own ?? groupsOf(access, person).some(({ offlineAllowed }) => offlineAllowed === true);
}

/** Is this person on the watch list of a door? */
export function isWatched({ watchList }: AccessPolicy, { collections }: Pick<Enrolled, "collections">): boolean {
  return watchList.some((code) => collections.includes(code));
}
