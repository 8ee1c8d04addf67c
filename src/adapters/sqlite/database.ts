import { chmodSync, existsSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import SqliteDatabase from "better-sqlite3";
import { MIGRATIONS } from "#adapters/sqlite/migrations";
import { plainText } from "#core/plain-text";
import { type ErrorCode, LimenError, messageOf } from "#errors";

export type Connection = SqliteDatabase.Database;

export interface Store extends AsyncDisposable {
  readonly connection: Connection;
  /** Runs one synchronous piece of work and turns SQLite's errors into LIMEN_STORE_*. */
  run<T>(work: (connection: Connection) => T): T;
  /** The same inside one immediate transaction: all or nothing, on disk when it returns. */
  transact<T>(work: (connection: Connection) => T): T;
}

const BUSY_TIMEOUT_MS = 2000;
/** About 30,000 people; a second on a small computer. */
const CHECKED_WHOLE_BYTES = 128 * 1024 * 1024;
const BULKY = new Set(["faces", "face_pictures", "face_photos"]);

const HINTS: Partial<Record<ErrorCode, string>> = {
  LIMEN_STORE_LOCKED: "another program holds the database; stop it, or wait until its work is done",
  LIMEN_STORE_FULL: "the disk is full; free some space and Limen goes on by itself",
  LIMEN_STORE_CORRUPT:
    "do not delete it: stop Limen, keep a copy of limen.db with its -wal and -shm files, and restore the newest backup",
  LIMEN_STORE_FAILED:
    "see whether the disk is mounted read-only or failing, and whether the data folder belongs to Limen's user",
};

function codeOfSqlite(error: unknown): ErrorCode {
  const sqlite = error instanceof SqliteDatabase.SqliteError ? error.code : "";
  if (/^SQLITE_(BUSY|LOCKED)/.test(sqlite)) return "LIMEN_STORE_LOCKED";
  if (sqlite.startsWith("SQLITE_FULL")) return "LIMEN_STORE_FULL";
  if (/^SQLITE_(CORRUPT|NOTADB)/.test(sqlite)) return "LIMEN_STORE_CORRUPT";
  return "LIMEN_STORE_FAILED";
}

/**
 * Reads from a database file without writing to it or bringing it up to date; null when there is none, or none yet: the daemon that
 * starts just now makes the file first and its tables then. For commands that only look, beside a running daemon. Throws
 * LIMEN_STORE_*.
 */
export function lookInto<T>(file: string, work: (connection: Connection) => T): T | null {
  if (!existsSync(file)) return null;
  let connection: Connection | undefined;
  try {
    connection = new SqliteDatabase(file, { timeout: BUSY_TIMEOUT_MS, readonly: true, fileMustExist: true });
    return schemaOf(connection) === 0 ? null : work(connection);
  } catch (error) {
    throw storeError(error, file);
  } finally {
    connection?.close();
  }
}

/** Any error of the store as a LimenError; one that already is stays as it is. */
function storeError(error: unknown, file: string): LimenError {
  if (error instanceof LimenError) return error;
  const code = codeOfSqlite(error);
  const hint = HINTS[code];
  return new LimenError(code, `the database ${file} failed: ${messageOf(error)}`, {
    cause: error,
    ...(hint ? { hint } : {}),
  });
}

/**
 * Looks through the whole file while that takes a moment. Of a large gallery all but the tables of templates and pictures, which
 * would take longer than loading them does; SQLite notices a damaged page of those when it is read.
 */
function isHealthy(connection: Connection): boolean {
  const size = (name: string): number => Number(connection.pragma(name, { simple: true }));
  if (size("page_count") * size("page_size") <= CHECKED_WHOLE_BYTES) return isFine(connection, "1");
  const tables = connection.prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table'").pluck().all();
  return tables.every((table) => BULKY.has(table) || isFine(connection, `'${table}'`));
}

function isFine(connection: Connection, what: string): boolean {
  return connection.pragma(`quick_check(${what})`, { simple: true }) === "ok";
}

/** Version of the schema; 0 = no tables yet. */
function schemaOf(connection: Connection): number {
  return Number(connection.pragma("user_version", { simple: true }));
}

function migrate(connection: Connection, file: string): void {
  const version = schemaOf(connection);
  if (version > MIGRATIONS.length) {
    throw new LimenError(
      "LIMEN_STORE_VERSION",
      `the database ${file} was written by a newer Limen (schema ${version})`,
      {
        hint: "run the newer Limen, or restore the backup made before the upgrade",
      },
    );
  }
  connection
    .transaction(() => {
      for (const [index, sql] of MIGRATIONS.entries()) if (index >= version) connection.exec(sql);
      connection.pragma(`user_version = ${MIGRATIONS.length}`);
    })
    .immediate();
}

/**
 * Opens (or makes) the database file, WAL with synchronous=FULL: what a write returned for survives a power cut.
 * The folder becomes 0700 and the file 0600, because templates are biometric data.
 * Throws LIMEN_STORE_* with what to do.
 */
export async function openStore(file: string): Promise<Store> {
  let connection: Connection | undefined;
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    connection = new SqliteDatabase(file, { timeout: BUSY_TIMEOUT_MS });
    chmodSync(file, 0o600);
    if (!isHealthy(connection)) {
      throw new LimenError("LIMEN_STORE_CORRUPT", `the database ${file} is damaged`, corruptHint());
    }
    // Of a new file only. A template is 2 KB: of the usual 4096 bytes a page, half would be empty and every face a read of its own.
    connection.pragma("page_size = 16384");
    connection.pragma("journal_mode = WAL");
    connection.pragma("synchronous = FULL");
    connection.pragma("foreign_keys = ON");
    // What is deleted is overwritten in the file: templates and pictures are biometric data.
    connection.pragma("secure_delete = ON");
    connection.function("fold", { deterministic: true }, (text) => plainText(String(text)));
    migrate(connection, file);
  } catch (error) {
    connection?.close();
    throw storeError(error, file);
  }
  const open = connection;
  const run = <T>(work: (connection: Connection) => T): T => {
    try {
      return work(open);
    } catch (error) {
      throw storeError(error, file);
    }
  };
  return {
    connection: open,
    run,
    transact: (work) => run(() => open.transaction(() => work(open)).immediate()),
    async [Symbol.asyncDispose]() {
      if (open.open) open.close();
    },
  };
}

function corruptHint(): { hint?: string } {
  const hint = HINTS.LIMEN_STORE_CORRUPT;
  return hint ? { hint } : {};
}
