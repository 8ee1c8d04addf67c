/**
 * What is known of one lock, for the doors that may only open while it is shut. Times are monotonic ms. It is the lock that is
 * known, not the leaf: how that stands a contact says, where there is one (core/door-state).
 */
export interface LockState {
  /** Openings decided whose outcome is not known yet. */
  readonly underWay: number;
  /** The command, or the press of the exit button, whose relocking would show that it is shut; null = none. */
  readonly awaited: string | null;
  /** When its pulse is over for certain, if its controller does not say so before. */
  readonly untilMs: number;
}

/** A controller relocks by itself when the pulse is over; what its word about that may take to arrive is added, ms. */
const RELOCK_GRACE_MS = 2000;

/** No controller has to release a lock for longer at once, ms. */
const LONGEST_PULSE_MS = 60_000;

/** As Limen starts: whoever ran before may have opened it a moment ago. */
export function lockAtStart(nowMs: number, pulseMs: number): LockState {
  return { underWay: 0, awaited: null, untilMs: nowMs + pulseMs + RELOCK_GRACE_MS };
}

/** An opening was decided and is on its way. */
export function openingBegun(lock: LockState): LockState {
  return { ...lock, underWay: lock.underWay + 1 };
}

/** That opening came to its end. `released` = the command that has moved the lock or may have; null when it certainly did not. */
export function openingEnded(lock: LockState, released: string | null, nowMs: number, pulseMs: number): LockState {
  const settled = { ...lock, underWay: Math.max(0, lock.underWay - 1) };
  return released === null ? settled : releasedFor(settled, released, nowMs, pulseMs);
}

/** The exit button has released the lock, for as long as its controller thinks right. */
export function exitPressed(lock: LockState, id: string, nowMs: number): LockState {
  return releasedFor(lock, id, nowMs, LONGEST_PULSE_MS);
}

function releasedFor(lock: LockState, id: string, nowMs: number, pulseMs: number): LockState {
  return { ...lock, awaited: id, untilMs: Math.max(lock.untilMs, nowMs + pulseMs + RELOCK_GRACE_MS) };
}

/** The controller says that it has relocked after `id`. Word about anything but the newest release is worth nothing. */
export function relockedAfter(lock: LockState, id: string, nowMs: number): LockState {
  return id === lock.awaited ? { ...lock, awaited: null, untilMs: Math.min(lock.untilMs, nowMs) } : lock;
}

/** True when the lock is shut for certain; not while its controller is away. */
export function isKnownShut(lock: LockState, isReachable: boolean, nowMs: number): boolean {
  return isReachable && lock.underWay === 0 && nowMs >= lock.untilMs;
}
