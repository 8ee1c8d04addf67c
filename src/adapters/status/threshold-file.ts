import { readFile, rename, writeFile } from "node:fs/promises";
import { z } from "zod";

const SCORE = z.coerce.number().min(0.5).max(1);

/** The score that somebody asked for from afar, kept over restarts; null when nobody has. Rejects for a file that cannot be read as one. */
export async function keptThreshold(file: string): Promise<number | null> {
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw error;
  });
  return text === null ? null : SCORE.parse(text.trim());
}

/** Keeps it; on disk when it returns. */
export async function keepThreshold(file: string, score: number): Promise<void> {
  await writeFile(`${file}.new`, `${score}\n`, { mode: 0o600, flush: true });
  await rename(`${file}.new`, file);
}
