import type { LimenError } from "#errors";

/** Wait after the first refusal, and after each further one: below what makes cameras lock an account. */
const FIRST_MS = 60_000;
const FURTHER_MS = 5 * 60_000;

/** Failures that come from the login: asking again costs one of the few tries a camera grants. */
const LOGIN_FAULTS: readonly string[] = ["LIMEN_CAMERA_AUTH", "LIMEN_CAMERA_LOCKED", "LIMEN_CAMERA_CLOCK"];

interface Refusal {
  readonly key: string;
  readonly failure: LimenError;
  readonly untilMs: number;
}

export interface Lockout {
  /** What the camera said when asked the same way before, while it is too early to ask again. */
  remembered(camera: string, key: string): LimenError | null;
  /** Takes note of a failure; those that have nothing to do with the login are forgotten. */
  failed(camera: string, key: string, failure: LimenError): void;
  succeeded(camera: string): void;
}

/**
 * Keeps refused logins from being tried over and over: one try, then none for a minute, then one each five minutes. `key` stands for
 * address and credentials; with another one the camera is asked at once. A locked account waits five minutes from the start.
 */
export function createLockout(nowMs: () => number): Lockout {
  const refusals = new Map<string, Refusal>();
  return {
    remembered(camera, key) {
      const refusal = refusals.get(camera);
      return refusal !== undefined && refusal.key === key && nowMs() < refusal.untilMs ? refusal.failure : null;
    },
    failed(camera, key, failure) {
      if (!LOGIN_FAULTS.includes(failure.code)) return;
      const again = refusals.get(camera)?.key === key || failure.code === "LIMEN_CAMERA_LOCKED";
      refusals.set(camera, { key, failure, untilMs: nowMs() + (again ? FURTHER_MS : FIRST_MS) });
    },
    succeeded(camera) {
      refusals.delete(camera);
    },
  };
}
