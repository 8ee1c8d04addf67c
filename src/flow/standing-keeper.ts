import { codeOf, messageOf } from "#errors";
import type { Logger } from "#ports/logger";
import type { Metrics } from "#ports/metrics";
import type { StandingStore } from "#ports/standing-store";

/** Writes what doors remember to the disk. A write that fails leaves the memory as it is: shut stays shut, until a restart. */
export interface StandingKeeper {
  /** Never rejects. */
  keep(write: (store: StandingStore) => Promise<void>): Promise<void>;
}

/** One line when writing begins to fail, one when it works again. */
export function createStandingKeeper(parts: {
  readonly store: StandingStore;
  readonly logger: Logger;
  readonly metrics: Metrics;
}): StandingKeeper {
  const { store, logger, metrics } = parts;
  let isFailing = false;
  return {
    async keep(write) {
      try {
        await write(store);
        if (isFailing) logger.info({}, "what doors remember is kept on the disk again");
        isFailing = false;
      } catch (error) {
        metrics.count("limen_standing_failures_total");
        const line = { code: codeOf(error) };
        if (!isFailing)
          logger.error(
            line,
            `what doors remember holds only until a restart, it could not be kept: ${messageOf(error)}`,
          );
        isFailing = true;
      }
    },
  };
}

/** Keeps nothing. */
export const NO_KEEPER: StandingKeeper = { keep: async () => {} };
