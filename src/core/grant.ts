import type { Instant } from "#core/instant";

/**
 * A capability to open one door once, made by a decision and good for seconds. Its age is measured from the moment the
 * newest evidence frame arrived, so that no delay on the way (disk, broker, network) can make it outlive the visit.
 */
export interface Grant {
  /** Id of the decision, or of the request from afar, that it was issued for. */
  readonly decisionId: string;
  readonly door: string;
  /** Null where somebody asked from afar: who passes then is not known. */
  readonly personId: string | null;
  /** Monotonic ms at which the newest evidence frame arrived. */
  readonly evidenceAtMs: number;
  /** Monotonic ms after which nobody may act on it: evidenceAtMs + lifeMs. */
  readonly expiresAtMs: number;
  /** Wall clock of issue and expiry, for controllers that keep time. */
  readonly issuedAt: Instant;
  readonly expiresAt: Instant;
}

/** Longest life of a grant, from the capture of its evidence to the moving of the lock. */
export const GRANT_LIFE_MS = 3000;

/** Issues a grant; `now*` are both clocks at the same moment. */
export function issueGrant(input: {
  decisionId: string;
  door: string;
  personId: string | null;
  evidenceAtMs: number;
  nowMs: number;
  now: Instant;
}): Grant {
  const expiresAtMs = input.evidenceAtMs + GRANT_LIFE_MS;
  return {
    decisionId: input.decisionId,
    door: input.door,
    personId: input.personId,
    evidenceAtMs: input.evidenceAtMs,
    expiresAtMs,
    issuedAt: input.now,
    expiresAt: (input.now + (expiresAtMs - input.nowMs)) as Instant,
  };
}

/** Milliseconds the grant may still be acted on; 0 or less = dead. NaN times are dead. */
export function lifeLeftMs(grant: Grant, nowMs: number): number {
  const left = grant.expiresAtMs - nowMs;
  return Number.isFinite(left) && nowMs >= grant.evidenceAtMs ? left : 0;
}
