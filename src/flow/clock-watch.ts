import { clockAtStart, clockFault, clockSeen } from "#core/clock-trust";
import type { Instant, Now } from "#core/instant";
import type { Clock } from "#ports/clock";
import type { Logger } from "#ports/logger";

export type ClockFault = ReturnType<typeof clockFault>;

/** Says whether hours and dates may be judged by the wall clock. */
export interface ClockWatch {
  /** What is wrong with it now; null = nothing. */
  fault(): ClockFault;
  /** Keeps looking, so that a jump is noticed while nobody asks; until the signal aborts. */
  run(signal: AbortSignal): Promise<void>;
}

/** Often enough that the time between two looks explains no jump. */
const LOOK_EVERY_MS = 10_000;

/** `earliest`: before this the clock is certainly wrong. */
export function createClockWatch(parts: { clock: Clock; logger: Logger; earliest: Instant }): ClockWatch {
  const { clock, logger } = parts;
  const moment = (): Now => ({ nowMs: clock.monotonicMs(), now: clock.now() });
  let trust = clockAtStart(moment(), parts.earliest);
  let said: ClockFault = null;

  const look = (): ClockFault => {
    const now = moment();
    trust = clockSeen(trust, now);
    const fault = clockFault(trust, now);
    if (fault === null && said !== null) logger.info({}, "hours and dates are judged by the clock again");
    if (fault === "jumped" && fault !== said)
      logger.warn({}, "the clock was set: nobody is judged by hours and dates until it has run evenly for a while");
    if (fault === "too_early" && fault !== said)
      logger.warn({}, "the clock is slow: it shows a time before the newest decision or this program; set it right");
    said = fault;
    return fault;
  };

  return {
    fault: look,
    async run(signal) {
      while (!signal.aborted) {
        look();
        await clock.sleep(LOOK_EVERY_MS, signal).catch(() => {});
      }
    },
  };
}
