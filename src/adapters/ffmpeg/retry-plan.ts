import type { ErrorCode } from "#errors";

export interface RetryLimits {
  /** Ceiling of the first wait, and the most a wait ever is. */
  readonly minMs: number;
  readonly maxMs: number;
  /** Waits after refused credentials, one after the other; the last one is repeated. */
  readonly authWaitsMs: readonly number[];
}

/**
 * A camera must be seen again within ten seconds of its return. The worst that can be under way then is an attempt that nobody
 * answers (5.6 s); with 3 s to the next and 2 s to its first picture that is just about what is left. Two quick tries with
 * refused credentials are for a camera that reboots and answers before it knows its users.
 */
export const DEFAULT_RETRY: RetryLimits = {
  minMs: 1_000,
  maxMs: 3_000,
  authWaitsMs: [2_000, 4_000, 60_000, 300_000],
};

/** Whatever else happened, no more refusals than this in such a time: cameras lock an account after five to ten in a row. */
const MAX_REFUSALS = 6;
const REFUSAL_WINDOW_MS = 600_000;
/** Frames must have flowed this long before a failure counts as the first one again. */
const STEADY_MS = 30_000;

/** What another try would cost: one of the few logins a camera grants. */
const LOGIN_FAULTS: readonly ErrorCode[] = ["LIMEN_CAMERA_AUTH", "LIMEN_CAMERA_LOCKED", "LIMEN_CAMERA_CLOCK"];

export interface RetryPlan {
  /**
   * How long to wait before the next attempt, ms. `steadyMs` is how long frames flowed in the one that just failed (null: there
   * were none), `nowMs` monotonic.
   */
  wait(end: { code: ErrorCode; steadyMs: number | null }, nowMs: number): number;
}

/**
 * Exponential waits with full jitter, so that many cameras behind one switch do not return in step (and never less than a quarter
 * of `minMs`, so that a lucky draw is no hot loop). Refused credentials go by a schedule of their own, which begins anew after
 * pictures, or when the camera has been away; a sliding bound holds whatever begins anew. `random` is in [0, 1).
 */
export function openRetryPlan(limits: RetryLimits, random: () => number): RetryPlan {
  let failures = 0;
  let refusedInARow = 0;
  let refusals: number[] = [];

  function afterRefusal(nowMs: number): number {
    refusals = [...refusals.filter((atMs) => atMs > nowMs - REFUSAL_WINDOW_MS), nowMs];
    const { authWaitsMs } = limits;
    const waitMs = authWaitsMs[Math.min(refusedInARow, authWaitsMs.length - 1)] ?? REFUSAL_WINDOW_MS;
    refusedInARow++;
    const oldestMs = refusals.at(-MAX_REFUSALS);
    const roomAtMs = oldestMs === undefined ? nowMs : oldestMs + REFUSAL_WINDOW_MS;
    return Math.max(waitMs * (1 + 0.2 * random()), roomAtMs - nowMs);
  }

  return {
    wait({ code, steadyMs }, nowMs) {
      failures = steadyMs !== null && steadyMs >= STEADY_MS ? 1 : failures + 1;
      if (steadyMs !== null || code === "LIMEN_CAMERA_UNREACHABLE") refusedInARow = 0;
      if (LOGIN_FAULTS.includes(code)) return afterRefusal(nowMs);
      const ceilingMs = Math.min(limits.maxMs, limits.minMs * 2 ** Math.min(failures - 1, 30));
      return Math.max(limits.minMs / 4, ceilingMs * random());
    },
  };
}
