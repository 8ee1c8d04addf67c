import { type AccessRule, groupsOf, isWatched, judgeAccess, type Layer, type Said, wordsFor } from "#core/access";
import type { Instant } from "#core/instant";
import { type DoorFacts, type DoorMode, type DoorPolicy, type PersonFacts, refusalOf } from "#core/policy";
import type { Reason } from "#core/reason";
import { type Hours, hoursOn, type Schedule } from "#core/schedule";
import { daysAfter, wallTimeAt, weekdayOf } from "#core/wall-time";

/** One rule, what one layer says of it, and what comes of that. */
export interface ExplainedStep {
  readonly rule: "mode" | "person" | "collection" | "watch_list" | AccessRule;
  readonly layer: Layer;
  /** Which person, group or door says it; empty for the site and for nobody. */
  readonly by: string;
  readonly says: string;
  /** `overruled`: a nearer layer has spoken; `waived`: free access does not ask. */
  readonly result: "passes" | "refuses" | "overruled" | "waived";
}

/** Why somebody may pass a door at some time or not, as far as the configuration and the gallery decide it. */
export interface Explanation {
  readonly allowed: boolean;
  readonly reason: Reason;
  /** The person's groups that something is said of, and the one whose word was taken. */
  readonly groups: readonly string[];
  readonly group: string | null;
  readonly steps: readonly ExplainedStep[];
  /** The step that refuses, or the last one that could have. */
  readonly decidedBy: ExplainedStep;
}

const MODE_WORDS: Readonly<Record<DoorMode, string>> = {
  normal: "opens for those who may pass",
  free_access: "opens for its people, whatever the hour",
  shadow: "decides and records, opens nothing",
  locked_down: "refuses everybody",
  disabled: "refuses everybody",
};

/** Nothing is known of the camera, the clock and what the door remembers: they are taken to be fine. */
const factsAt = (at: Instant): DoorFacts => ({
  at,
  clockTrusted: true,
  cameraHealthy: true,
  mayOpenNow: true,
  lockedOut: false,
  notShut: [],
  stays: [],
});

/** The decision on a recognised person at `at`, rule by rule: the same functions as the door's, with words. */
export function explain(policy: DoorPolicy, person: PersonFacts, at: Instant): Explanation {
  const { access, door, collection, mode } = policy;
  const watched = isWatched(access, person);
  const reason = watched ? "watch_list" : (refusalOf(policy, person, factsAt(at)) ?? "ok");
  const who = person.name ?? person.id;
  const isShut = mode === "locked_down" || mode === "disabled";
  const step = (
    rule: ExplainedStep["rule"],
    layer: Layer,
    by: string,
    says: string,
    passes: boolean,
  ): ExplainedStep => {
    return { rule, layer, by, says, result: passes ? "passes" : "refuses" };
  };
  const isMember = person.collections.includes(collection);
  const route = judgeAccess(access, person, { door, isFree: mode === "free_access", at, clockTrusted: true });
  const said = wordsFor(access, person, route.group, door);
  const refusing = new Set(route.steps.filter(({ refusal }) => refusal !== null).map(({ rule }) => rule));
  const { watchList } = access;
  const listed = `nobody of ${watchList.join(", ")}; ${who} is ${watched ? "" : "not "}among them`;
  const modeStep = step("mode", "door", door, `${mode}: ${MODE_WORDS[mode]}`, !isShut);
  const steps = [
    ...(watchList.length === 0 ? [] : [step("watch_list", "site", "", listed, !watched)]),
    modeStep,
    step("person", "person", who, person.active ? "enrolled and active" : "switched off", person.active),
    step("collection", "door", door, `${collection}; ${who} is in ${namesOf(person.collections)}`, isMember),
    ...ACCESS_RULES.flatMap((rule) => accessSteps(rule, said, policy, at, refusing.has(rule))),
  ];
  const asked = steps.filter(
    ({ result, layer }) => layer !== "nobody" && (result === "passes" || result === "refuses"),
  );
  const decidedBy = asked.find(({ result }) => result === "refuses") ?? asked[asked.length - 1] ?? modeStep;
  const groups = groupsOf(access, person).map((group) => group.collection);
  return { allowed: reason === "ok", reason, groups, group: route.group, steps, decidedBy };
}

const ACCESS_RULES: readonly AccessRule[] = ["doors", "valid_from", "valid_until", "schedule"];

const SILENCE: Readonly<Record<AccessRule, string>> = {
  doors: "every door of their collections",
  valid_from: "since ever",
  valid_until: "for ever",
  schedule: "at any hour",
};

function accessSteps(rule: AccessRule, said: readonly Said[], policy: DoorPolicy, at: Instant, refuses: boolean) {
  const { timeZone } = policy.access;
  const isWaived = policy.mode === "free_access" && (rule === "doors" || rule === "schedule");
  const spoken = said.flatMap(({ layer, by, words }) => {
    const says = {
      doors: words.doors === null ? null : namesOf(words.doors),
      valid_from: words.validFrom === null ? null : `from ${localText(words.validFrom, timeZone)} on`,
      valid_until: words.validUntil === null ? null : `until ${localText(words.validUntil, timeZone)}`,
      schedule: words.schedule === null ? null : scheduleText(words.schedule, at, timeZone),
    }[rule];
    return says === null ? [] : [{ layer, by, says }];
  });
  if (spoken.length === 0) spoken.push({ layer: "nobody", by: "", says: SILENCE[rule] });
  return spoken.map(({ layer, by, says }, i): ExplainedStep => {
    const result = i > 0 ? "overruled" : isWaived ? "waived" : refuses ? "refuses" : "passes";
    return { rule, layer, by, says, result };
  });
}

/** Whose word a step is. */
export function speakerOf({ layer, by }: ExplainedStep): string {
  if (layer === "nobody") return "nobody";
  return layer === "site" ? "the site" : `${layer} ${by}`;
}

function namesOf(names: readonly string[]): string {
  return names.length === 0 ? "none" : names.join(", ");
}

const two = (number: number): string => String(number).padStart(2, "0");
const timeText = (minute: number): string => `${two(Math.floor(minute / 60))}:${two(minute % 60)}`;

/** `Thu 2026-01-15 13:30`, as the clock shows it there. */
export function localText(at: Instant, timeZone: string): string {
  const wall = wallTimeAt(at, timeZone);
  return wall === null ? "a time that cannot be told" : `${dayText(wall.date)} ${timeText(wall.minute)}`;
}

function dayText(date: string): string {
  const day = weekdayOf(date);
  return `${day.charAt(0).toUpperCase()}${day.slice(1)} ${date}`;
}

/** `office: 08:00-18:30 on Thu 2026-01-15`, with what reaches into the day from the evening before. */
function scheduleText(schedule: Schedule, at: Instant, timeZone: string): string {
  const wall = wallTimeAt(at, timeZone);
  if (wall === null) return schedule.name;
  const text = ({ from, to }: Hours): string => `${timeText(from)}-${timeText(to)}`;
  const isException = Object.hasOwn(schedule.exceptions, wall.date);
  const overnight = isException ? [] : hoursOn(schedule, daysAfter(wall.date, -1)).filter(({ from, to }) => to < from);
  const today = [
    ...overnight.filter(({ to }) => to > 0).map(({ to }) => `until ${timeText(to)} from the evening before`),
    ...hoursOn(schedule, wall.date).map(text),
  ];
  const hours = today.length === 0 ? "closed" : today.join(", ");
  return `${schedule.name}: ${hours} on ${dayText(wall.date)}${isException ? ", an exception" : ""}`;
}
