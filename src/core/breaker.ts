/** Whether an engine that fails is asked, as data. */
export interface Breaker {
  /** Failures in a row. */
  readonly failures: number;
  /** Monotonic ms up to which it is left alone; null = it is asked like always. */
  readonly openUntilMs: number | null;
  /** The one question that finds out whether it is back is under way. */
  readonly isProbing: boolean;
}

export interface BreakerRule {
  /** So many failures in a row, and it is left alone … */
  readonly failures: number;
  /** … for so long, ms. */
  readonly openMs: number;
}

export const ENGINE_BREAKER: BreakerRule = { failures: 5, openMs: 30_000 };

export const CLOSED_BREAKER: Breaker = { failures: 0, openUntilMs: null, isProbing: false };

/** May it be asked? If not, `untilMs` says when to try again; infinite while somebody else is finding out. */
export type Leave =
  | { readonly granted: true; readonly breaker: Breaker }
  | { readonly granted: false; readonly untilMs: number };

export function askLeave(breaker: Breaker, nowMs: number): Leave {
  const { openUntilMs, isProbing } = breaker;
  if (openUntilMs === null) return { granted: true, breaker };
  if (isProbing) return { granted: false, untilMs: Number.POSITIVE_INFINITY };
  if (nowMs < openUntilMs) return { granted: false, untilMs: openUntilMs };
  return { granted: true, breaker: { ...breaker, isProbing: true } };
}

/** It asked to be left alone for so long (Retry-After). */
export function restedFor(breaker: Breaker, pauseMs: number, nowMs: number): Breaker {
  return { ...breaker, openUntilMs: Math.max(breaker.openUntilMs ?? 0, nowMs + pauseMs) };
}

/** A question failed. One that failed late, while the engine is left alone already, prolongs nothing. */
export function afterFailure(breaker: Breaker, rule: BreakerRule, nowMs: number): Breaker {
  const failures = breaker.failures + 1;
  const isOver = breaker.openUntilMs === null || breaker.openUntilMs <= nowMs;
  const opens = isOver && (breaker.isProbing || failures >= rule.failures);
  return { failures, openUntilMs: opens ? nowMs + rule.openMs : breaker.openUntilMs, isProbing: false };
}

/** A question was called off and says nothing: the next one may find out. */
export function afterNothing(breaker: Breaker): Breaker {
  return { ...breaker, isProbing: false };
}
