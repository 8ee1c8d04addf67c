import type { DoorHappening } from "#core/door-event";
import type { Instant, Now } from "#core/instant";
import type { LockWord } from "#core/lock-word";
import { type Bucket, type BucketRule, fullBucket, takeToken } from "#core/throttle";

export const DOOR_ALARMS = ["forced", "held_open"] as const;
export type DoorAlarm = (typeof DOOR_ALARMS)[number];

/** Where the leaf stands; null = nobody says. */
export type LeafWord = "open" | "shut" | null;

/** What the configuration says of a door that is watched. */
export interface LeafRule {
  /** Open for so long is too long, ms. */
  readonly heldOpenAfterMs: number;
  /** False where people leave by a handle that nobody hears of: then an opening without a release says nothing. */
  readonly forcedAlarm: boolean;
}

export const DEFAULT_LEAF_RULE: LeafRule = { heldOpenAfterMs: 30_000, forcedAlarm: true };

/** What is known of one door besides its controller. It only ever tells: nothing opens by it. Times are monotonic ms. */
export interface DoorState {
  readonly lock: LockWord;
  readonly contact: LeafWord;
  /** Wall clock, when the contact said something else than before; null = it has never said anything. */
  readonly since: Instant | null;
  readonly alarm: DoorAlarm | null;
  /** When it was seen to open last; null = never. */
  readonly openedAtMs: number | null;
  /** Since when it stands open without anybody having been let through; null while it does not. */
  readonly standsOpenSinceMs: number | null;
  /** Whoever opens it until then was let in or out. */
  readonly freeUntilMs: number;
  /** What released it last, where that has a name: its relocking ends the freedom. */
  readonly releasedBy: string | null;
  /** An opening nobody is known to have been let through by; null = none. */
  readonly suspectAtMs: number | null;
  /** False when the alarm was one too many to be news. */
  readonly isNews: boolean;
  readonly alarms: Bucket;
}

export type DoorInput =
  /** Its lock was released by Limen or by the exit button, until then at the latest. */
  | { readonly is: "released"; readonly id: string | null; readonly untilMs: number }
  | { readonly is: "relocked"; readonly id: string | null }
  | { readonly is: "lock"; readonly state: LockWord }
  /** `null` = whoever told is away. */
  | { readonly is: "contact"; readonly open: boolean | null }
  | { readonly is: "time" };

export interface DoorStep {
  readonly state: DoorState;
  readonly happenings: readonly DoorHappening[];
}

/**
 * An opening so long after the lock was shut again is still that person's, ms: the handle was turned in the last moment, and a sensor
 * on a battery tells a second or two late.
 */
const STILL_THEIRS_MS = 2000;

/**
 * How long an opening waits for the word that somebody was let through, ms. The contact may be faster than the controller's answer or
 * the exit button's, which come by another way; no answer counts that comes later than a grant lives.
 */
const WORD_MAY_TAKE_MS = 3000;

/** Alarms that are news; a contact that is loose fills no disk. Those beyond are states only. */
const NEWSWORTHY: BucketRule = { capacity: 6, refillEveryMs: 60_000 };

export function doorStateAtStart(nowMs: number): DoorState {
  return {
    ...{ lock: "unknown", contact: null, since: null, alarm: null, openedAtMs: null, standsOpenSinceMs: null },
    // Whoever ran before may have released it a moment ago, and the first word of a contact is no news anyway.
    ...{ freeUntilMs: nowMs, releasedBy: null, suspectAtMs: null, isNews: false },
    alarms: fullBucket(NEWSWORTHY, nowMs),
  };
}

/** When time alone will change something, monotonic ms; null = never. */
export function dueAtMs({ suspectAtMs, standsOpenSinceMs, alarm }: DoorState, rule: LeafRule): number | null {
  if (suspectAtMs !== null) return suspectAtMs + WORD_MAY_TAKE_MS;
  return standsOpenSinceMs === null || alarm !== null ? null : standsOpenSinceMs + rule.heldOpenAfterMs;
}

/** The door after one more word about it, and what that amounts to. Total: whatever comes in whatever order is taken. */
export function doorStep(before: DoorState, input: DoorInput, { nowMs, now }: Now, rule: LeafRule): DoorStep {
  const passed = timePassed(before, nowMs, rule);
  const { state } = passed;
  switch (input.is) {
    case "released": {
      const { id, untilMs } = input;
      const freeUntilMs = Math.max(state.freeUntilMs, untilMs);
      const standsOpenSinceMs = state.standsOpenSinceMs === null ? null : nowMs;
      return {
        ...passed,
        state: { ...state, freeUntilMs, releasedBy: id, suspectAtMs: null, standsOpenSinceMs },
      };
    }
    case "relocked": {
      const ends = input.id !== null && input.id === state.releasedBy;
      return ends ? { ...passed, state: { ...state, freeUntilMs: Math.min(state.freeUntilMs, nowMs) } } : passed;
    }
    case "lock": {
      // A key, a thumb-turn or another program has released it: whoever opens it then forces nothing.
      const wasOpen = isReleased(state.lock) || isReleased(input.state);
      const freeUntilMs = wasOpen ? Math.max(state.freeUntilMs, nowMs) : state.freeUntilMs;
      const suspectAtMs = isReleased(input.state) ? null : state.suspectAtMs;
      return { ...passed, state: { ...state, lock: input.state, freeUntilMs, suspectAtMs } };
    }
    case "contact": {
      const next = leafMoved(state, input.open, { nowMs, now }, rule);
      return { state: next.state, happenings: [...passed.happenings, ...next.happenings] };
    }
    case "time":
      return passed;
  }
}

function isReleased(lock: LockWord): boolean {
  return lock === "unlocked" || lock === "unlocking";
}

function leafMoved(state: DoorState, open: boolean | null, { nowMs, now }: Now, rule: LeafRule): DoorStep {
  const contact: LeafWord = open === null ? null : open ? "open" : "shut";
  if (contact === state.contact) return { state, happenings: [] };
  const told = { ...state, contact, since: now };
  if (contact === null) return { state: { ...told, standsOpenSinceMs: null }, happenings: [] };
  if (contact === "open") {
    // Only who saw it shut has seen it open; after silence it may have stood so for long.
    const wasSeen = state.contact === "shut";
    const isFree = isReleased(state.lock) || nowMs <= state.freeUntilMs + STILL_THEIRS_MS;
    const isSuspect = wasSeen && rule.forcedAlarm && !isFree && state.suspectAtMs === null;
    return {
      state: {
        ...told,
        openedAtMs: wasSeen ? nowMs : state.openedAtMs,
        standsOpenSinceMs: nowMs,
        suspectAtMs: isSuspect ? nowMs : state.suspectAtMs,
      },
      happenings: [],
    };
  }
  const { alarm, isNews } = state;
  return {
    state: { ...told, standsOpenSinceMs: null, alarm: null, isNews: false },
    happenings: alarm !== null && isNews ? [{ kind: "shut_again", after: alarm }] : [],
  };
}

function timePassed(state: DoorState, nowMs: number, rule: LeafRule): DoorStep {
  const due = dueAtMs(state, rule);
  if (due === null || nowMs < due) return { state, happenings: [] };
  const alarms = takeToken(state.alarms, NEWSWORTHY, nowMs);
  const isNews = alarms !== null;
  const alarmed = { ...state, alarms: alarms ?? state.alarms, suspectAtMs: null, isNews };
  if (state.suspectAtMs === null) {
    const forMs = nowMs - (state.standsOpenSinceMs ?? nowMs);
    return {
      state: { ...alarmed, alarm: "held_open" },
      happenings: isNews ? [{ kind: "held_open", forMs }] : [],
    };
  }
  // It may be shut again by now: somebody has been through all the same.
  if (state.contact === "shut") {
    const both: readonly DoorHappening[] = [{ kind: "forced" }, { kind: "shut_again", after: "forced" }];
    return { state: { ...alarmed, alarm: null, isNews: false }, happenings: isNews ? both : [] };
  }
  return { state: { ...alarmed, alarm: "forced" }, happenings: isNews ? [{ kind: "forced" }] : [] };
}
