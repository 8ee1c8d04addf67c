import type { Span, SpendCaps, SpendCounts, SpendPeriods } from "#core/spend";

/** What the book says after one call was asked for. */
export interface SpendEntry {
  /** Calls in each of the periods, this one included if it was granted. */
  readonly counts: SpendCounts;
  /** The cap that refuses it; null = it may be made, and is counted. */
  readonly cap: Span | null;
}

/** Durable count of the calls to a paid engine. */
export interface SpendBook {
  /**
   * Counts one call before it is made, unless a cap forbids it: on disk when it returns, so that a crash never counts too few.
   * Throws LIMEN_STORE_*: then no call may be made.
   */
  take(periods: SpendPeriods, caps: SpendCaps): Promise<SpendEntry>;
  /** Calls counted so far. Throws LIMEN_STORE_*. */
  counts(periods: SpendPeriods): Promise<SpendCounts>;
}
