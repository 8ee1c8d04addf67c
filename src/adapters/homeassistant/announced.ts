import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { z } from "zod";

const schema = z.object({
  v: z.literal(1),
  /** By topic: each entity's key and platform. */
  devices: z.record(z.string(), z.record(z.string(), z.string())),
});

/** What Home Assistant was told of, by discovery topic: the platform of each entity under its key. */
export type Announced = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** What was told before; nothing when the file is missing or cannot be read, and then nothing is taken back. */
export async function readAnnounced(file: string): Promise<Announced> {
  try {
    return schema.parse(JSON.parse(await readFile(file, "utf8"))).devices;
  } catch {
    return {};
  }
}

/** Whole at any moment. Rejects when the disk refuses. */
export async function writeAnnounced(file: string, devices: Announced): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  await writeFile(`${file}.new`, `${JSON.stringify({ v: 1, devices })}\n`, { mode: 0o600 });
  await rename(`${file}.new`, file);
}
