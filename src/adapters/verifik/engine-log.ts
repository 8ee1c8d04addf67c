import type { LimenError } from "#errors";
import type { Clock } from "#ports/clock";
import type { Logger } from "#ports/logger";

/** Keeps the log readable while the engine is away: a line when it goes, a line when it is back. */
export interface EngineLog {
  failed(error: LimenError): void;
  answered(): void;
  /** It failed so often in a row that it is asked only now and then. */
  leftAlone(failures: number, forMs: number): void;
}

export function createEngineLog(clock: Clock, logger: Logger): EngineLog {
  let sinceMs: number | null = null;
  let loggedCode: string | null = null;
  return {
    failed(error) {
      const fields = { code: error.code, hint: error.hint };
      // A refusal of one picture is no outage: the engine works. A cap of ours is none either, and whoever counts tells of it.
      if (error.code === "LIMEN_ENGINE_INVALID" || error.code === "LIMEN_ENGINE_CAP")
        return logger.debug(fields, error.message);
      sinceMs ??= clock.monotonicMs();
      // Another reason during the same outage is worth a line of its own, but only the first time in a row.
      if (loggedCode === error.code) return logger.debug(fields, error.message);
      loggedCode = error.code;
      logger.warn(fields, error.message);
    },
    leftAlone(failures, forMs) {
      const message = `the search engine failed ${failures} times in a row: it is asked once in ${forMs / 1000} s until it answers`;
      logger.warn({ failures, forMs }, message);
    },
    answered() {
      if (sinceMs === null) return;
      logger.info({ downMs: Math.round(clock.monotonicMs() - sinceMs) }, "the search engine answers again");
      sinceMs = null;
      loggedCode = null;
    },
  };
}
