import type { Instant, Now } from "#core/instant";

/** What is known of the wall clock by comparing it with the monotonic one. */
export interface ClockTrust {
  /** Wall clock minus monotonic clock, ms, as it should be by now. */
  readonly offsetMs: number;
  /** When it was last looked at, monotonic ms. */
  readonly seenAtMs: number;
  /** Monotonic ms until which a jump counts against it. */
  readonly doubtedUntilMs: number;
  /** Before this the clock is certainly wrong: the program was built later, or a decision was recorded later. */
  readonly earliest: Instant;
}

/** A clock that is further off than this has jumped, ms: leap seconds and first corrections after a start stay below. */
const JUMP_MS = 60_000;
/** A clock that has jumped must go on evenly for so long, ms, before hours are judged by it again. */
const STEADY_MS = 300_000;
/** How fast a clock that is being set right may run away without a jump: twice what time daemons do (500 ppm). */
const SLEW = 1 / 1000;

export function clockAtStart({ nowMs, now }: Now, earliest: Instant): ClockTrust {
  return { offsetMs: now - nowMs, seenAtMs: nowMs, doubtedUntilMs: nowMs, earliest };
}

/** One more look at both clocks. */
export function clockSeen(trust: ClockTrust, { nowMs, now }: Now): ClockTrust {
  const drift = now - nowMs - trust.offsetMs;
  if (Math.abs(drift) > JUMP_MS) {
    return { ...trust, offsetMs: now - nowMs, seenAtMs: nowMs, doubtedUntilMs: nowMs + STEADY_MS };
  }
  const most = Math.max(0, nowMs - trust.seenAtMs) * SLEW;
  return { ...trust, offsetMs: trust.offsetMs + Math.min(most, Math.max(-most, drift)), seenAtMs: nowMs };
}

/** Why hours and dates cannot be judged by the clock now, or null. */
export function clockFault(trust: ClockTrust, { nowMs, now }: Now): "jumped" | "too_early" | null {
  if (now < trust.earliest) return "too_early";
  return nowMs < trust.doubtedUntilMs ? "jumped" : null;
}
