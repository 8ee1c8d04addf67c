import type { ErrorCode } from "#errors";

export interface RetryLimits {
  /** Ceiling of the first wait, and the most a wait ever is. */
  readonly minMs: number;
  readonly maxMs: number;
  /** Wait after refused credentials: cameras lock an account that is tried too often. */
  readonly authRetryMs: number;
}

/** Frames must have flowed this long before a failure counts as the first one again. */
export const STEADY_MS = 30_000;
/** What another try would cost: one of the few logins a camera grants. */
const LOGIN_FAULTS: readonly ErrorCode[] = ["LIMEN_CAMERA_AUTH", "LIMEN_CAMERA_LOCKED", "LIMEN_CAMERA_CLOCK"];
/** Refused credentials are tried ever more rarely, up to this many times the first wait. */
const MAX_AUTH_GROWTH = 8;

/**
 * How long to wait before trying again: exponential with full jitter, so that many cameras behind one switch do not return in
 * step (and never less than a quarter of `minMs`, so that a lucky draw is no hot loop). `failures` counts from 1, `random` is
 * in [0, 1).
 */
export function retryDelayMs(code: ErrorCode, failures: number, limits: RetryLimits, random: number): number {
  const growth = 2 ** Math.min(failures - 1, 30);
  if (LOGIN_FAULTS.includes(code)) {
    return limits.authRetryMs * Math.min(growth, MAX_AUTH_GROWTH) * (1 + 0.2 * random);
  }
  const ceilingMs = Math.min(limits.maxMs, limits.minMs * growth);
  return Math.max(limits.minMs / 4, ceilingMs * random);
}
