import type { Decided, DoorTrace, Opened } from "./door-trace";
import { type Name, POLICIES, type PolicyWords } from "./door-words";
import { everHeld, restsOn } from "./oracle-pictures";

/** Who may pass, by the written rules alone: part of the oracle, which imports nothing of the program. */

const MINUTE_MS = 60_000;
const DAY_MINUTES = 1440;
/** 1970-01-01 was a Thursday. */
const FIRST_WEEKDAY = 4;
const JUMP_MS = 60_000;
const STEADY_MS = 300_000;

const LOCK_OUT_AFTER = 5;
const LOCK_OUT_WITHIN_MS = 60_000;
const FIRST_LOCK_OUT_MS = 30_000;
const LONGEST_LOCK_OUT_MS = 600_000;
const DOUBTFUL = ["below_threshold", "ambiguous", "liveness", "watch_list"];

/** Enough to believe in somebody without asking. */
const LIVE_FRAMES = 3;
const LIVE_MS = 1500;

function isWithin({ weekday, from, to }: NonNullable<PolicyWords["hours"]>, wallMs: number): boolean {
  const minutes = Math.floor(wallMs / MINUTE_MS);
  const minute = minutes % DAY_MINUTES;
  const day = (Math.floor(minutes / DAY_MINUTES) + FIRST_WEEKDAY) % 7;
  if (from < to) return day === weekday && minute >= from && minute < to;
  return (day === weekday && minute >= from) || (day === (weekday + 1) % 7 && minute < to);
}

/** True when the clock was surely set by more than a minute in the last five. Whoever sets it lets it be looked at just before. */
function isClockDoubtful({ wall }: DoorTrace, nowMs: number): boolean {
  let smallMs = 0;
  for (const [i, { fromMs, value }] of wall.entries()) {
    const jumpMs = Math.abs(value - (wall[i - 1]?.value ?? value));
    const isJump = jumpMs > JUMP_MS + smallMs;
    if (isJump && fromMs < nowMs && nowMs - fromMs < STEADY_MS) return true;
    // What was not taken for a jump hides at most as much of the next.
    smallMs = isJump ? 0 : Math.min(JUMP_MS, smallMs + jumpMs);
  }
  return false;
}

/** Why this person may not pass at this hour; empty = nothing speaks against it. */
function timeWrongs(trace: DoorTrace, { name }: Opened, { decidedAtMs }: Decided, policy: PolicyWords): string[] {
  const { hours, adaUntil, benFrom, mode } = policy;
  const isTimed = (hours !== null && mode !== "free_access") || (name === "ada" ? adaUntil : benFrom) !== null;
  if (!isTimed) return [];
  const wrong = isClockDoubtful(trace, decidedAtMs) ? ["the clock could not be trusted"] : [];
  const mayPass = (offsetMs: number): boolean => {
    const wallMs = decidedAtMs + offsetMs;
    if (hours !== null && mode !== "free_access" && !isWithin(hours, wallMs)) return false;
    return name === "ada" ? adaUntil === null || wallMs < adaUntil : benFrom === null || wallMs >= benFrom;
  };
  if (!everHeld(trace.wall, decidedAtMs, decidedAtMs, mayPass)) wrong.push("not at this hour");
  return wrong;
}

/** Decided in the middle of a lock-out, which is counted here anew from all decisions before. */
function lockOutWrongs({ decided }: DoorTrace, { decidedAtMs }: Decided): string[] {
  let refusedAtMs: number[] = [];
  let untilMs = Number.NEGATIVE_INFINITY;
  let inARow = 0;
  const before = decided
    .filter((other) => other.decidedAtMs < decidedAtMs)
    // Within one moment a grant came before the refusal that began a lock-out: it would have been refused after it.
    .toSorted((a, b) => a.decidedAtMs - b.decidedAtMs || Number(b.result === "grant") - Number(a.result === "grant"));
  for (const { result, decidedAtMs: atMs, ...other } of before) {
    if (result === "grant") inARow = 0;
    else if (atMs >= untilMs && isAttempt(other, atMs)) {
      refusedAtMs = [...refusedAtMs.filter((then) => atMs - then <= LOCK_OUT_WITHIN_MS), atMs];
      if (refusedAtMs.length < LOCK_OUT_AFTER) continue;
      untilMs = atMs + Math.min(LONGEST_LOCK_OUT_MS, FIRST_LOCK_OUT_MS * 2 ** inARow);
      inARow++;
      refusedAtMs = [];
    }
  }
  return decidedAtMs < untilMs ? ["the door was locked out"] : [];
}

function isAttempt(record: Pick<Decided, "reason" | "policy" | "pictures" | "triedAtMs">, atMs: number): boolean {
  const { reason, pictures, triedAtMs } = record;
  const { agree, patienceMs } = POLICIES[record.policy] ?? POLICIES[0] ?? { agree: 0, patienceMs: 0 };
  if (pictures.length < agree) return false;
  return (
    DOUBTFUL.includes(reason) || (reason === "unknown_person" && triedAtMs !== null && atMs - triedAtMs >= patienceMs)
  );
}

/** Let in though they were inside, for as long as a stay counts. */
function twiceWrongs(
  trace: DoorTrace,
  { name }: Opened,
  record: Decided,
  { onceWithinMs, mode }: PolicyWords,
): string[] {
  if (onceWithinMs === null || mode === "free_access") return [];
  const { decidedAtMs, id } = record;
  const decisionOf = new Map(trace.decided.map((decided) => [decided.id, decided]));
  const entries = trace.opened.flatMap(({ decisionId, name: who, endedAtMs, isAcked }) => {
    const entered = decisionOf.get(decisionId);
    const counts = entered !== undefined && decisionId !== id && who === name && entered.decidedAtMs < decidedAtMs;
    if (!counts || POLICIES[entered.policy]?.onceWithinMs === null) return [];
    // Whoever is on their way in counts from the decision on, whoever is in from the controller's word.
    const isUnderWay = endedAtMs === null || endedAtMs > decidedAtMs;
    if (!isUnderWay && !isAcked) return [];
    return [{ isUnderWay, fromMs: isUnderWay ? entered.decidedAtMs : endedAtMs }];
  });
  // Each entry takes the place of the one before; of one in this very moment it cannot be told.
  const newestMs = Math.max(...entries.filter(({ isUnderWay }) => !isUnderWay).map(({ fromMs }) => fromMs));
  const isInside = entries.some(({ isUnderWay, fromMs }) => {
    if (!isUnderWay && (fromMs !== newestMs || fromMs === decidedAtMs)) return false;
    const isForgotten = everHeld(trace.wall, fromMs, fromMs, (then) =>
      everHeld(trace.wall, decidedAtMs, decidedAtMs, (now) => decidedAtMs + now - (fromMs + then) >= onceWithinMs),
    );
    return !isForgotten;
  });
  return isInside ? ["they were inside already"] : [];
}

/** Live enough for a service must be more than this; so like the person at least; so high at least, px. */
const SERVICE_LIVE = 0.6;
const SERVICE_SCORE = 0.85;
const SERVICE_FACE_PX = 90;

/** True when a service's word on a picture says both: a live face, and this person before everybody else. */
function speaksFor({ service }: DoorTrace["checked"][number]["look"], name: Name | null): boolean {
  if (service.kind !== "sees" || !service.passed || !(service.liveness > SERVICE_LIVE)) return false;
  const [first, second] = service.scores;
  return first?.[0] === name && first[1] >= SERVICE_SCORE && first[1] > (second?.[1] ?? -1);
}

/** Let in though no service had seen them alive in time, or they were not seen again after it. */
function serviceWrongs(trace: DoorTrace, opened: Opened, record: Decided, withinMs: number): string[] {
  const { asked, track, decidedAtMs } = record;
  if (asked === null) return ["no service was asked"];
  const wrong = asked.name === opened.name ? [] : ["the service was asked about somebody else"];
  if (decidedAtMs - asked.atMs > withinMs) wrong.push("passed too long ago");
  const passed = trace.checked.filter(
    ({ look, capturedAtMs, name, atMs, answeredAtMs }) =>
      look.track === track &&
      look.heightPx >= SERVICE_FACE_PX &&
      name === opened.name &&
      Math.min(atMs, capturedAtMs) >= asked.atMs &&
      answeredAtMs !== null &&
      answeredAtMs - asked.atMs <= withinMs &&
      opened.evidenceAtMs > answeredAtMs &&
      speaksFor(look, opened.name),
  );
  if (passed.length === 0) wrong.push("no service passed them before they were seen last");
  return wrong;
}

/** What asking the service cost: two pictures of one track at most, and none at a door that asks none. */
export function costWrongs({ checked, departed, policies }: DoorTrace): string[] {
  const wrong: string[] = [];
  for (const [i, { look, atMs }] of checked.entries()) {
    if (!everHeld(policies, atMs, atMs, (policy) => (POLICIES[policy]?.serviceWithinMs ?? null) !== null))
      wrong.push("a door that asks no service asked one");
    const begun = departed.filter(({ track, atMs: then }) => (track === null || track === look.track) && then <= atMs);
    const sinceMs = Math.max(...begun.map(({ atMs: then }) => then));
    const sofar = checked.slice(0, i + 1).filter((other) => other.look.track === look.track && other.atMs > sinceMs);
    if (sofar.length > 2) wrong.push("the service was sent more than two pictures of one face");
  }
  return wrong;
}

/** Let in though they may be a picture, and nobody said otherwise. */
function lifeWrongs(trace: DoorTrace, opened: Opened, record: Decided, policy: PolicyWords): string[] {
  const { confirmWithinMs, serviceWithinMs } = policy;
  if (confirmWithinMs === null && serviceWithinMs === null) return [];
  const { decidedAtMs, asked } = record;
  const rests = restsOn(trace, record);
  if (rests.filter((all) => all.length > 0 && all.every(({ look }) => look.life === "looped")).length >= 2)
    return ["a recording was let in"];
  if (serviceWithinMs !== null) return serviceWrongs(trace, opened, record, serviceWithinMs);
  if (confirmWithinMs === null) return [];
  const measured = rests.flatMap((all) => all.filter(({ look }) => look.life !== "unmeasured").slice(0, 1));
  const times = measured.map(({ capturedAtMs }) => capturedAtMs);
  const doubted = rests.filter((all) => all.every(({ look }) => look.life === "doubtful")).length;
  const isAlive =
    measured.length >= LIVE_FRAMES &&
    Math.max(...times) - Math.min(...times) >= LIVE_MS &&
    doubted * 2 <= measured.length;
  if (isAlive) return [];
  if (asked === null) return ["nobody confirmed them"];
  const yes = trace.answers.filter(
    ({ isYes, askedAtMs, atMs }) => isYes && askedAtMs === asked.atMs && atMs - askedAtMs <= confirmWithinMs,
  );
  const wrong = yes.length > 0 ? [] : ["nobody confirmed them in time"];
  if (asked.name !== opened.name) wrong.push("somebody else was confirmed");
  if (decidedAtMs - asked.atMs > confirmWithinMs) wrong.push("confirmed too long ago");
  if (!yes.some(({ atMs }) => opened.evidenceAtMs > atMs)) wrong.push("not seen again after the confirmation");
  const questions = new Set(yes.map(({ question }) => question));
  const uses = trace.opened.filter(({ decisionId }) => {
    const other = trace.decided.find(({ id }) => id === decisionId);
    return other?.asked?.atMs === asked.atMs;
  });
  if (uses.length > questions.size) wrong.push("one confirmation opened twice");
  return wrong;
}

/** Why this person may not pass this door now. */
export function personWrongs(trace: DoorTrace, opened: Opened, record: Decided, policy: PolicyWords): string[] {
  const person = opened.name === "ada" || opened.name === "ben" ? trace.people[opened.name] : null;
  if (person === null) return [`${opened.name} may never pass here`];
  const wrong = everHeld(
    person,
    opened.evidenceAtMs,
    opened.atMs,
    (state) => state === "active" || (state === "listed" && !policy.watchesGuests),
  )
    ? []
    : [`${opened.name} may not pass`];
  return [
    ...wrong,
    ...timeWrongs(trace, opened, record, policy),
    ...lockOutWrongs(trace, record),
    ...twiceWrongs(trace, opened, record, policy),
    ...lifeWrongs(trace, opened, record, policy),
  ];
}
