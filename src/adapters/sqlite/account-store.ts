import type { Store } from "#adapters/sqlite/database";
import { instant } from "#core/instant";
import { ROLES, type Role } from "#core/role";
import type { AccountStore } from "#ports/account-store";

interface AccountRow {
  name: string;
  role: string;
  salt: Uint8Array;
  hash: Uint8Array;
}
interface SessionRow {
  key: string;
  account: string;
  opened_at: number;
  until: number;
}

/** A role nobody knows may do the least. */
const roleOf = (word: string): Role => ROLES.find((role) => role === word) ?? "viewer";

/** Accounts, sessions and sign-in attempts of the console, a row each. */
export function createSqliteAccountStore(store: Store): AccountStore {
  return {
    async accounts() {
      const rows = store.run((connection) =>
        connection
          .prepare<[], Pick<AccountRow, "name" | "role">>("SELECT name, role FROM accounts ORDER BY name")
          .all(),
      );
      return rows.map(({ name, role }) => ({ name, role: roleOf(role) }));
    },
    async account(name) {
      const row = store.run((connection) =>
        connection
          .prepare<[string], AccountRow>("SELECT name, role, salt, hash FROM accounts WHERE name = ?")
          .get(name),
      );
      return row === undefined ? null : { ...row, role: roleOf(row.role) };
    },
    async keepAccount({ name, role, salt, hash }) {
      store.transact((connection) => {
        connection.prepare("DELETE FROM sessions WHERE account = ?").run(name);
        connection
          .prepare("INSERT OR REPLACE INTO accounts (name, role, salt, hash) VALUES (?, ?, ?, ?)")
          .run(name, role, Buffer.from(salt), Buffer.from(hash));
      });
    },
    async removeAccount(name) {
      return store.transact((connection) => {
        connection.prepare("DELETE FROM sessions WHERE account = ?").run(name);
        return connection.prepare("DELETE FROM accounts WHERE name = ?").run(name).changes > 0;
      });
    },
    async session(key) {
      const row = store.run((connection) =>
        connection
          .prepare<[string], SessionRow>("SELECT key, account, opened_at, until FROM sessions WHERE key = ?")
          .get(key),
      );
      if (row === undefined) return null;
      return { key: row.key, account: row.account, openedAt: instant(row.opened_at), until: instant(row.until) };
    },
    async keepSession({ key, account, openedAt, until }, most) {
      store.transact((connection) => {
        connection.prepare("DELETE FROM sessions WHERE until < ?").run(openedAt);
        connection
          .prepare("INSERT INTO sessions (key, account, opened_at, until) VALUES (?, ?, ?, ?)")
          .run(key, account, openedAt, until);
        connection
          .prepare(
            "DELETE FROM sessions WHERE key NOT IN (SELECT key FROM sessions ORDER BY opened_at DESC, rowid DESC LIMIT ?)",
          )
          .run(most);
      });
    },
    async endSession(key) {
      store.run((connection) => connection.prepare("DELETE FROM sessions WHERE key = ?").run(key));
    },
    async attempts(source) {
      const row = store.run((connection) =>
        connection
          .prepare<[string], { source: string; tokens: number; at: number }>(
            "SELECT source, tokens, at FROM sign_in_attempts WHERE source = ?",
          )
          .get(source),
      );
      return row === undefined ? null : { ...row, at: instant(row.at) };
    },
    async keepAttempts({ source, tokens, at }, most) {
      store.transact((connection) => {
        connection
          .prepare("INSERT OR REPLACE INTO sign_in_attempts (source, tokens, at) VALUES (?, ?, ?)")
          .run(source, tokens, at);
        connection
          .prepare(
            "DELETE FROM sign_in_attempts WHERE source NOT IN (SELECT source FROM sign_in_attempts ORDER BY at DESC, rowid DESC LIMIT ?)",
          )
          .run(most);
      });
    },
    async link() {
      const row = store.run((connection) =>
        connection.prepare<[], { digest: Uint8Array; until: number }>("SELECT digest, until FROM console_link").get(),
      );
      return row === undefined ? null : { digest: row.digest, until: instant(row.until) };
    },
    async keepLink(link) {
      store.transact((connection) => {
        connection.prepare("DELETE FROM console_link").run();
        if (link !== null)
          connection
            .prepare("INSERT INTO console_link (digest, until) VALUES (?, ?)")
            .run(Buffer.from(link.digest), link.until);
      });
    },
    async forgetAttempts(source) {
      store.run((connection) => connection.prepare("DELETE FROM sign_in_attempts WHERE source = ?").run(source));
    },
  };
}
