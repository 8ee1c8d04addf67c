import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import SqliteDatabase from "better-sqlite3";
import { lookInto } from "#adapters/sqlite/database";
import { LimenError, messageOf } from "#errors";

/** What a backup holds. */
export interface BackupContents {
  readonly people: number;
  readonly decisions: number;
  readonly bytes: number;
}

/**
 * Copies the database `from`, as it is at one moment, into the new file `to` (mode 0600), beside a daemon that goes on writing. What
 * was deleted is not in the copy. The copy is read whole before it gets its name, so that `to` is a good backup or is not there.
 * Throws LIMEN_STORE_*; LIMEN_STORE_FAILED when `to` is there already.
 */
export function backUpDatabase(from: string, to: string): BackupContents {
  const target = resolve(to);
  if (existsSync(target))
    throw failed(`${target} is there already`, "choose another name; a backup never replaces one");
  const draft = `${target}.new`;
  try {
    closeSync(openSync(draft, "wx", 0o600));
    const made = lookInto(from, (connection) => connection.prepare("VACUUM INTO ?").run(draft));
    if (made === null)
      throw failed(`there is no database ${from} yet`, "limen people add, or the first start, makes it");
    const contents = contentsOf(draft);
    flush(draft);
    renameSync(draft, target);
    flush(dirname(target));
    return contents;
  } catch (error) {
    rmSync(draft, { force: true });
    if (error instanceof LimenError) throw error;
    throw failed(
      `the backup ${target} could not be made: ${messageOf(error)}`,
      "see whether there is room, and whether you may write there",
    );
  }
}

function contentsOf(file: string): BackupContents {
  const copy = new SqliteDatabase(file, { readonly: true, fileMustExist: true });
  try {
    if (copy.pragma("integrity_check", { simple: true }) !== "ok") {
      throw new LimenError("LIMEN_STORE_CORRUPT", "the copy of the database is damaged, and so the database may be", {
        hint: "look at the disk; limen check tells more of the database",
      });
    }
    const count = (table: string): number => Number(copy.prepare(`SELECT count(*) FROM ${table}`).pluck().get());
    return { people: count("persons"), decisions: count("decisions"), bytes: statSync(file).size };
  } finally {
    copy.close();
  }
}

/** To the disk: a power cut right after must not take the backup. */
function flush(path: string): void {
  const fd = openSync(path, "r");
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

function failed(message: string, hint: string): LimenError {
  return new LimenError("LIMEN_STORE_FAILED", message, { hint });
}
