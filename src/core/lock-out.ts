import { type Instant, instant, type Now } from "#core/instant";

/** When a door stops opening for everybody, because too many strangers were refused at it. */
export interface LockOutRule {
  /** So many refusals that count … 0 = never. */
  readonly refusals: number;
  /** … within so many ms. */
  readonly withinMs: number;
  /** Length of the first, ms; each further one without a grant in between is twice as long. */
  readonly firstMs: number;
  /** No lock-out is longer, ms. */
  readonly longestMs: number;
}

export const DEFAULT_LOCK_OUT: LockOutRule = { refusals: 5, withinMs: 60_000, firstMs: 30_000, longestMs: 600_000 };

/** What a door remembers of the refusals at it. Times are monotonic ms: a wall clock that is set shortens nothing. */
export interface LockOut {
  /** Oldest first; those that led to a lock-out are forgotten with it. */
  readonly refusedAtMs: readonly number[];
  /** End of the newest lock-out, whether it is over or not; null when there was none since the last grant. */
  readonly untilMs: number | null;
  /** Length of that one. */
  readonly lengthMs: number;
  /** Lock-outs since the last grant. */
  readonly inARow: number;
}

export const NO_LOCK_OUT: LockOut = { refusedAtMs: [], untilMs: null, lengthMs: 0, inARow: 0 };

export function isLockedOut({ untilMs }: LockOut, nowMs: number): boolean {
  return untilMs !== null && nowMs < untilMs;
}

/** Counts a refusal, which may begin a lock-out. During one nothing is counted: it ends when it was said to end. */
export function afterRefusal(lockOut: LockOut, rule: LockOutRule, nowMs: number): LockOut {
  if (rule.refusals === 0 || isLockedOut(lockOut, nowMs)) return lockOut;
  const refusedAtMs = [...lockOut.refusedAtMs.filter((atMs) => nowMs - atMs <= rule.withinMs), nowMs];
  if (refusedAtMs.length < rule.refusals) return { ...lockOut, refusedAtMs };
  const lengthMs = Math.min(rule.longestMs, rule.firstMs * 2 ** lockOut.inARow);
  return { refusedAtMs: [], untilMs: nowMs + lengthMs, lengthMs, inARow: lockOut.inARow + 1 };
}

/** After a grant the next lock-out is a first one again. Refusals stay counted: a resident who comes home hides no attempt. */
export function afterGrant(lockOut: LockOut): LockOut {
  return lockOut.inARow === 0 ? lockOut : { ...NO_LOCK_OUT, refusedAtMs: lockOut.refusedAtMs };
}

/** A lock-out on the wall clock, for the disk: the monotonic one begins anew with the machine. */
export interface KeptLockOut {
  readonly refusedAt: readonly Instant[];
  readonly until: Instant | null;
  readonly lengthMs: number;
  readonly inARow: number;
}

export function keptOf({ refusedAtMs, untilMs, lengthMs, inARow }: LockOut, { nowMs, now }: Now): KeptLockOut {
  const wall = (atMs: number): Instant => instant(Math.round(now + (atMs - nowMs)));
  return { refusedAt: refusedAtMs.map(wall), until: untilMs === null ? null : wall(untilMs), lengthMs, inARow };
}

/**
 * A kept lock-out after a restart. By a wall clock that is not trusted it lasts its full length from now; it is never longer than
 * that, however the clock was set meanwhile.
 */
export function restoredFrom(kept: KeptLockOut, { nowMs, now }: Now, isClockTrusted: boolean): LockOut {
  const left = kept.until === null || !isClockTrusted ? kept.lengthMs : kept.until - now;
  return {
    // A refusal from the future happened at the latest now.
    refusedAtMs: kept.refusedAt.map((at) => nowMs - Math.max(0, now - at)),
    untilMs: kept.until === null ? null : nowMs + Math.min(kept.lengthMs, Math.max(0, left)),
    lengthMs: kept.lengthMs,
    inARow: kept.inARow,
  };
}
