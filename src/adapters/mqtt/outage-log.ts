import type { LimenError } from "#errors";
import type { Clock } from "#ports/clock";
import type { Logger } from "#ports/logger";

/** Keeps the log readable while a broker is away: one line when it goes, one when it is back, for all connections to it together. */
export interface OutageLog {
  /** A connection's attempt failed, or the connection was lost. */
  lost(connection: string, error: LimenError): void;
  /** A connection stands. */
  found(connection: string): void;
}

/** `logger` is bound to the broker; share one log among the connections to it. */
export function createOutageLog(clock: Clock, logger: Logger): OutageLog {
  const away = new Set<string>();
  let sinceMs: number | null = null;
  let loggedCode: string | null = null;
  let greeted = false;
  return {
    lost(connection, error) {
      away.add(connection);
      sinceMs ??= clock.monotonicMs();
      // A refusal found out during an outage is worth a line of its own, because only a person can end it.
      if (loggedCode !== null && (error.code === loggedCode || error.code !== "LIMEN_BROKER_REFUSED")) return;
      loggedCode = error.code;
      logger.warn({ code: error.code, hint: error.hint }, `${error.message}; trying again until it works`);
    },
    found(connection) {
      away.delete(connection);
      if (away.size > 0 || (greeted && sinceMs === null)) return;
      const downMs = sinceMs === null ? null : Math.round(clock.monotonicMs() - sinceMs);
      logger.info({ downMs }, `connected to the MQTT broker${downMs === null ? "" : " again"}`);
      greeted = true;
      sinceMs = null;
      loggedCode = null;
    },
  };
}
