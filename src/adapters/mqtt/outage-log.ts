import type { LimenError } from "#errors";
import type { Clock } from "#ports/clock";
import type { Logger } from "#ports/logger";

/** Keeps the log readable while a broker is away: one line when it goes, one when it is back. */
export interface OutageLog {
  lost(error: LimenError): void;
  found(): void;
  /** Why there is no connection; null while there is one. */
  fault(): LimenError | null;
}

export function createOutageLog(clock: Clock, logger: Logger, notYet: LimenError): OutageLog {
  let fault: LimenError | null = notYet;
  let sinceMs: number | null = null;
  let loggedCode: string | null = null;
  return {
    fault: () => fault,
    lost(error) {
      fault = error;
      sinceMs ??= clock.monotonicMs();
      // A refusal found out during an outage is worth a line of its own, because only a person can end it.
      if (loggedCode !== null && (error.code === loggedCode || error.code !== "LIMEN_BROKER_REFUSED")) return;
      loggedCode = error.code;
      logger.warn({ code: error.code, hint: error.hint }, `${error.message}; trying again until it works`);
    },
    found() {
      const again = sinceMs !== null;
      logger.info(
        sinceMs === null ? {} : { downMs: Math.round(clock.monotonicMs() - sinceMs) },
        `connected to the MQTT broker${again ? " again" : ""}`,
      );
      fault = null;
      sinceMs = null;
      loggedCode = null;
    },
  };
}
