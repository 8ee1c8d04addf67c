import type { Connection, Store } from "#adapters/sqlite/database";
import { capReached, SPANS, type SpendCounts, type SpendPeriods } from "#core/spend";
import type { SpendBook } from "#ports/spend-book";

function countsIn(connection: Connection, periods: SpendPeriods): SpendCounts {
  const read = connection.prepare<[string], number>("SELECT calls FROM engine_calls WHERE period = ?").pluck();
  const [minute, day, month] = [periods.minute, periods.day, periods.month].map((period) => read.get(period) ?? 0);
  return { minute: minute ?? 0, day: day ?? 0, month: month ?? 0 };
}

/** Calls to a paid engine: one row for each month, each day, and the minute that runs. */
export function createSqliteSpendBook(store: Store): SpendBook {
  return {
    async take(periods, caps) {
      return store.transact((connection) => {
        const before = countsIn(connection, periods);
        const cap = capReached(before, caps);
        if (cap !== null) return { counts: before, cap };
        const add = connection.prepare(
          "INSERT INTO engine_calls (period, calls) VALUES (?, 1) ON CONFLICT (period) DO UPDATE SET calls = calls + 1",
        );
        for (const span of SPANS) add.run(periods[span]);
        // Minutes that are over count no more; one that lies ahead stays, in case the clock was set back.
        connection.prepare("DELETE FROM engine_calls WHERE period LIKE '%Z' AND period < ?").run(periods.minute);
        return { counts: countsIn(connection, periods), cap: null };
      });
    },

    async counts(periods) {
      return store.run((connection) => countsIn(connection, periods));
    },
  };
}
