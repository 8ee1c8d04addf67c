import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { z } from "zod";

const schema = z.string().regex(/^[0-9a-f]{8}$/);

/**
 * What this Limen is called among others, for as long as its data folder lives: 8 hex digits. `fresh` makes one at the first start, or
 * when the file cannot be read as one. Rejects when the disk refuses.
 */
export async function keptInstance(file: string, fresh: () => string): Promise<string> {
  const kept = schema.safeParse((await readFile(file, "utf8").catch(() => "")).trim());
  if (kept.success) return kept.data;
  const made = fresh();
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  await writeFile(file, `${made}\n`, { mode: 0o600 });
  return made;
}
