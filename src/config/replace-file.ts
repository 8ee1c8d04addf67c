import { chmod, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { LimenError, messageOf } from "#errors";

/** What the system says to an account that may not write there, or on a disk that nobody may write to. */
const NOT_ALLOWED: ReadonlySet<unknown> = new Set(["EROFS", "EACCES", "EPERM"]);

const SERVICE_HINT =
  "where Limen runs as a service it may write its configuration after: sudo scripts/install-service --console-writes";

export interface Replacement {
  readonly text: string;
  /** Permission bits. */
  readonly mode: number;
  /** What a person can do instead. */
  readonly byHand: string;
  /** Looks at the new file before it counts; throws what is wrong with it. */
  readonly check?: (draft: string) => Promise<void>;
}

/**
 * Puts a text in a file's place, in one step. Throws LIMEN_CONFIG_READ_ONLY where this account may not, LIMEN_CONFIG_UNREADABLE where
 * that failed otherwise, and what `check` throws: then the file is as it was.
 */
export async function replaceFile(file: string, { text, mode, byHand, check }: Replacement): Promise<void> {
  const draft = join(dirname(file), `.${basename(file)}.new`);
  try {
    // What may lie there is of a change that was cut short, or a link that somebody put there to have another file written over.
    await rm(draft, { force: true });
    await writeFile(draft, text, { mode, flush: true, flag: "wx" });
    await chmod(draft, mode);
    await check?.(draft);
    await rename(draft, file);
  } catch (error) {
    if (error instanceof LimenError) throw error;
    const isRefused = error instanceof Error && "code" in error && NOT_ALLOWED.has(error.code);
    throw isRefused
      ? new LimenError("LIMEN_CONFIG_READ_ONLY", `${file} could not be changed: this account may not write it`, {
          hint: `${byHand}; ${SERVICE_HINT}`,
          cause: error,
        })
      : new LimenError("LIMEN_CONFIG_UNREADABLE", `${file} could not be changed: ${messageOf(error)}`, {
          hint: byHand,
          cause: error,
        });
  } finally {
    await rm(draft, { force: true }).catch(() => {}); // on a disk that takes nothing, nothing is left either
  }
}
