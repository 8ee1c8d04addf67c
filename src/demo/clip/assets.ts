import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { resolve } from "node:path";
import { pipeline } from "node:stream/promises";
import { LimenError } from "#errors";

/** Absolute path of an asset: ffmpeg would read a relative one with a colon in it as a protocol. */
export function assetPath(assetsDir: string, file: string): string {
  return resolve(assetsDir, file);
}

/** SHA-256 of an asset in hex. Throws LIMEN_DEMO_ASSET when the file cannot be read. */
export async function hashAsset(assetsDir: string, file: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash("sha256");
  try {
    await pipeline(createReadStream(assetPath(assetsDir, file)), hash, signal === undefined ? {} : { signal });
  } catch (cause) {
    signal?.throwIfAborted();
    throw missingAsset(file, cause);
  }
  return hash.digest("hex");
}

export function missingAsset(file: string, cause: unknown): LimenError {
  return new LimenError("LIMEN_DEMO_ASSET", `the demo's picture ${file} is missing or unreadable`, {
    hint: "Run `npm run setup`: it fetches the demo's pictures and checks them.",
    cause,
  });
}
