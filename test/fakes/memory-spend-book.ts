import { capReached, SPANS, type SpendCaps, type SpendCounts, type SpendPeriods } from "#core/spend";
import { LimenError } from "#errors";
import type { SpendBook, SpendEntry } from "#ports/spend-book";

export class MemorySpendBook implements SpendBook {
  readonly #calls = new Map<string, number>();
  /** While true every write fails, as on a full disk. */
  full = false;

  async take(periods: SpendPeriods, caps: SpendCaps): Promise<SpendEntry> {
    if (this.full) throw new LimenError("LIMEN_STORE_FULL", "the database is full");
    const cap = capReached(await this.counts(periods), caps);
    if (cap === null) for (const span of SPANS) this.#calls.set(periods[span], this.#of(periods[span]) + 1);
    return { counts: await this.counts(periods), cap };
  }

  async counts({ minute, day, month }: SpendPeriods): Promise<SpendCounts> {
    return { minute: this.#of(minute), day: this.#of(day), month: this.#of(month) };
  }

  #of(period: string): number {
    return this.#calls.get(period) ?? 0;
  }
}
