import { z } from "zod";
import type { Store } from "#adapters/sqlite/database";
import { instant } from "#core/instant";
import { LimenError } from "#errors";
import type { StandingStore } from "#ports/standing-store";

interface LockOutRow {
  refused_at: string;
  until: number | null;
  length_ms: number;
  in_a_row: number;
}

/** Wall-clock ms. A list that cannot be read counts as none: the lock-out itself has columns of its own. */
const REFUSED_AT = z.array(z.number().transform(instant)).catch([]);

const STANDING = z.strictObject({
  lockedDown: z.boolean(),
  mode: z.enum(["normal", "shadow", "free_access", "disabled"]).nullable(),
});

/** Null for text that is no JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
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
        refusedAt: REFUSED_AT.parse(parsed(row.refused_at)),
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

    async mode(door) {
      const text = store.run((connection) =>
        connection.prepare<[string], string>("SELECT standing FROM door_modes WHERE door = ?").pluck().get(door),
      );
      if (text === undefined) return null;
      const found = STANDING.safeParse(parsed(text));
      if (found.success) return found.data;
      throw new LimenError("LIMEN_STORE_CORRUPT", `how the door ${door} was put from afar cannot be read`);
    },

    async keepMode(door, standing) {
      store.transact((connection) =>
        connection
          .prepare("INSERT OR REPLACE INTO door_modes (door, standing) VALUES (?, ?)")
          .run(door, JSON.stringify(standing)),
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
