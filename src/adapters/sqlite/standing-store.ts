import { z } from "zod";
import type { Store } from "#adapters/sqlite/database";
import { instant } from "#core/instant";
import type { StandingStore } from "#ports/standing-store";

interface LockOutRow {
  refused_at: string;
  until: number | null;
  length_ms: number;
  in_a_row: number;
}

/** Wall-clock ms. A list that cannot be read counts as none: the lock-out itself has columns of its own. */
const REFUSED_AT = z.array(z.number().transform(instant)).catch([]);

function refusalsIn(text: string) {
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch {
    list = [];
  }
  return REFUSED_AT.parse(list);
}

/** What doors remember: a row a door, a row a person and area, each write on disk before it returns. */
export function createSqliteStandingStore(store: Store): StandingStore {
  return {
    async lockOut(door) {
      const row = store.run((connection) =>
        connection
          .prepare<[string], LockOutRow>("SELECT refused_at, until, length_ms, in_a_row FROM lock_outs WHERE door = ?")
          .get(door),
      );
      if (row === undefined) return null;
      return {
        refusedAt: refusalsIn(row.refused_at),
        until: row.until === null ? null : instant(row.until),
        lengthMs: row.length_ms,
        inARow: row.in_a_row,
      };
    },

    async keepLockOut(door, { refusedAt, until, lengthMs, inARow }) {
      store.transact((connection) =>
        connection
          .prepare(
            "INSERT OR REPLACE INTO lock_outs (door, refused_at, until, length_ms, in_a_row) VALUES (?, ?, ?, ?, ?)",
          )
          .run(door, JSON.stringify(refusedAt), until, lengthMs, inARow),
      );
    },

    async stays() {
      const rows = store.run((connection) =>
        connection
          .prepare<[], { person_id: string; area: string; since: number }>("SELECT person_id, area, since FROM stays")
          .all(),
      );
      return rows.map(({ person_id: personId, area, since }) => ({ personId, area, since: instant(since) }));
    },

    async beginStay({ personId, area, since }) {
      store.transact((connection) =>
        connection
          .prepare("INSERT OR REPLACE INTO stays (person_id, area, since) VALUES (?, ?, ?)")
          .run(personId, area, since),
      );
    },

    async endStay(personId, area) {
      store.transact((connection) =>
        connection.prepare("DELETE FROM stays WHERE person_id = ? AND area = ?").run(personId, area),
      );
    },
  };
}
