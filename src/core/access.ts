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
  const groups = access.groups.filter(({ collection }) => person.collections.includes(collection));
  const [first = null, ...others] = groups;
  let best = routeVia(first, access, person, passage);
  for (const group of others) {
    const route = routeVia(group, access, person, passage);
    if (reachOf(route) > reachOf(best)) best = route;
  }
  return best;
}

/** How many rules a route has passed before it was refused. */
function reachOf({ steps, refusal }: Route): number {
  return refusal === null ? Number.POSITIVE_INFINITY : steps.findIndex((step) => step.refusal !== null);
}

function routeVia(group: GroupAccess | null, access: AccessPolicy, person: Enrolled, passage: Passage): Route {
  const { door, isFree, at, clockTrusted } = passage;
  const own = wordsAbout(access, person);
  const doors = firstWord(own, group, (words) => words.doors);
  const from = firstWord(own, group, (words) => words.validFrom);
  const until = firstWord(own, group, (words) => words.validUntil);
  const schedule = scheduleFor(access, own, group);
  const timed = <T>(word: T | null, passes: (word: T) => boolean): AccessRefusal | null => {
    if (word === null) return null;
    if (!clockTrusted) return "clock_untrusted";
    return passes(word) ? null : "outside_schedule";
  };
  const hours = isFree || (schedule.word !== null && isAlways(schedule.word)) ? null : schedule.word;
  const isElsewhere = !isFree && doors.word !== null && !doors.word.includes(door);
  const steps: AccessStep[] = [
    { rule: "doors", layer: doors.layer, refusal: isElsewhere ? "not_allowed_here" : null },
    { rule: "valid_from", layer: from.layer, refusal: timed(from.word, (first) => at >= first) },
    { rule: "valid_until", layer: until.layer, refusal: timed(until.word, (end) => at < end) },
    { rule: "schedule", layer: schedule.layer, refusal: timed(hours, (s) => isInside(s, at, access.timeZone)) },
  ];
  const refusal = steps.find((step) => step.refusal !== null)?.refusal ?? null;
  return { group: group?.collection ?? null, steps, refusal };
}

/** What is said of this very person: under the id first, then under the name. */
function wordsAbout({ persons }: AccessPolicy, { id, name }: Enrolled): readonly PersonAccess[] {
  return [id, name].flatMap((key) => persons.filter(({ person }) => person === key));
}

interface Word<T> {
  readonly word: T | null;
  readonly layer: Layer;
}

function firstWord<T>(
  own: readonly PersonAccess[],
  group: GroupAccess | null,
  of: (words: AccessWords) => T | null,
): Word<T> {
  const mine = own.map(of).find((word) => word !== null);
  if (mine !== undefined) return { word: mine, layer: "person" };
  const word = group === null ? null : of(group);
  return { word, layer: word === null ? "nobody" : "group" };
}

function scheduleFor(access: AccessPolicy, own: readonly PersonAccess[], group: GroupAccess | null): Word<Schedule> {
  const theirs = firstWord(own, group, (words) => words.schedule);
  if (theirs.word !== null) return theirs;
  if (access.doorSchedule !== null) return { word: access.doorSchedule, layer: "door" };
  return { word: access.siteSchedule, layer: access.siteSchedule === null ? "nobody" : "site" };
}

/** May this person be let in on this computer's word alone? Their own word beats their groups', of which one is enough; else no. */
export function isOfflineAllowed(access: AccessPolicy, person: Enrolled): boolean {
  const groups = access.groups.filter(({ collection }) => person.collections.includes(collection));
  const own = wordsAbout(access, person).find(({ offlineAllowed }) => offlineAllowed !== null);
  return own?.offlineAllowed ?? groups.some(({ offlineAllowed }) => offlineAllowed === true);
}

/** Is this person on the watch list of a door? */
export function isWatched({ watchList }: AccessPolicy, { collections }: Pick<Enrolled, "collections">): boolean {
  return watchList.some((code) => collections.includes(code));
}
