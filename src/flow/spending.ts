import {
  capReached,
  periodsAt,
  SPANS,
  type Span,
  type SpendCaps,
  type SpendCounts,
  type SpendPeriods,
} from "#core/spend";
import { LimenError } from "#errors";
import type { Clock } from "#ports/clock";
import type { Logger } from "#ports/logger";
import type { Metrics } from "#ports/metrics";
import type { SpendBook } from "#ports/spend-book";

/** What calls to a paid engine cost, and whether there may be one more. */
export interface Spending {
  /** Counts a call that is about to be sent. Throws LIMEN_ENGINE_CAP, LIMEN_STORE_*: then it must not be. */
  admit(): Promise<void>;
  /** Calls of this minute, day and month. */
  spent(): SpendCounts;
  /** The cap that refuses calls now; null = there is room. */
  reached(): Span | null;
}

/** Reads what was spent before. Throws LIMEN_STORE_*. */
export async function openSpending(parts: {
  book: SpendBook;
  caps: SpendCaps;
  /** Of the site: its days and months are counted. */
  timeZone: string;
  clock: Clock;
  logger: Logger;
  metrics: Metrics;
}): Promise<Spending> {
  const { book, caps, clock, metrics } = parts;
  const periodsNow = (): SpendPeriods => periodsAt(clock.now(), parts.timeZone);
  let periods = periodsNow();
  let counts = await book.counts(periods);
  /** The period whose cap was told of last: each is an event once. */
  let told: string | null = null;

  const keep = (newPeriods: SpendPeriods, newCounts: SpendCounts): void => {
    periods = newPeriods;
    counts = newCounts;
    for (const span of SPANS) metrics.gauge("limen_engine_spend", counts[span], { span });
  };
  keep(periods, counts);

  const spent = (): SpendCounts => {
    const now = periodsNow();
    const callsOf = (span: Span): number => (now[span] === periods[span] ? counts[span] : 0);
    return { minute: callsOf("minute"), day: callsOf("day"), month: callsOf("month") };
  };

  return {
    spent,

    reached: () => capReached(spent(), caps),

    async admit() {
      const now = periodsNow();
      const entry = await book.take(now, caps);
      keep(now, entry.counts);
      const { cap } = entry;
      if (cap === null) {
        metrics.count("limen_engine_calls_total");
        return;
      }
      metrics.count("limen_engine_calls_capped_total", { cap });
      const message = `the search engine may not be called more than ${caps[cap]} times a ${cap}, and was`;
      if (told !== now[cap]) parts.logger.warn({ cap, calls: entry.counts[cap] }, message);
      told = now[cap];
      throw new LimenError("LIMEN_ENGINE_CAP", message, {
        hint: `wait for the next ${cap}, or raise search.verifik.caps.per_${cap}`,
      });
    },
  };
}
