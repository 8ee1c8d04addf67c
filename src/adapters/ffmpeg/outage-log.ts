import type { LimenError } from "#errors";
import type { Clock } from "#ports/clock";
import type { Logger } from "#ports/logger";

export interface OutageLog {
  /** An attempt failed; the first of an outage is a warning, the rest is for debugging. */
  down(failure: LimenError, retryInMs: number): void;
  /** Pictures arrive: again, or for the first time. */
  up(): void;
}

/** One line when the camera goes, one when it is back, however often it was tried in between. */
export function openOutageLog(logger: Logger, clock: Clock): OutageLog {
  let sinceMs: number | null = null;
  let attempts = 0;

  return {
    down(failure, retryInMs) {
      attempts++;
      const fields = { code: failure.code, hint: failure.hint, retryInMs: Math.round(retryInMs) };
      if (sinceMs !== null) return logger.debug({ ...fields, attempts }, failure.message);
      sinceMs = clock.monotonicMs();
      logger.warn(fields, failure.message);
    },
    up() {
      if (sinceMs === null) return logger.info({}, "The camera sends pictures.");
      logger.info({ downMs: Math.round(clock.monotonicMs() - sinceMs), attempts }, "The camera is back.");
      sinceMs = null;
      attempts = 0;
    },
  };
}
