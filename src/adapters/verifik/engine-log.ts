import type { LimenError } from "#errors";
import type { Clock } from "#ports/clock";
import type { Logger } from "#ports/logger";

/** Keeps the log readable while the engine is away: a line when it goes, a line when it is back. */
export interface EngineLog {
  failed(error: LimenError): void;
  answered(): void;
}

export function createEngineLog(clock: Clock, logger: Logger): EngineLog {
  let sinceMs: number | null = null;
  let loggedCode: string | null = null;
  return {
    failed(error) {
      const fields = { code: error.code, hint: error.hint };
      // A refusal of one picture is no outage: the engine works.
      if (error.code === "LIMEN_ENGINE_INVALID") return logger.debug(fields, error.message);
      sinceMs ??= clock.monotonicMs();
      // Another reason during the same outage is worth a line of its own, but only the first time in a row.
      if (loggedCode === error.code) return logger.debug(fields, error.message);
      loggedCode = error.code;
      logger.warn(fields, error.message);
    },
    answered() {
      if (sinceMs === null) return;
      logger.info({ downMs: Math.round(clock.monotonicMs() - sinceMs) }, "the search engine answers again");
      sinceMs = null;
      loggedCode = null;
    },
  };
}
