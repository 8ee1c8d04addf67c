import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import { join } from "node:path";
import type { ModelEntry } from "#adapters/faces/manifest";
import { LimenError, messageOf } from "#errors";

const FETCH = "run `npm run setup` to fetch the models again";

/**
 * The bytes of one model file, read once and proved to be the ones the manifest names: whoever runs them runs exactly what was
 * hashed, whatever happens to the file afterwards. Reads at most the expected size. Throws LIMEN_MODEL_MISSING (no such file, not
 * readable) and LIMEN_MODEL_HASH (other size, other content).
 */
export async function readModelFile(modelsDir: string, entry: ModelEntry): Promise<Uint8Array> {
  const path = join(modelsDir, entry.file);
  const bytes = await readAtMost(path, entry.bytes + 1);
  if (bytes.byteLength !== entry.bytes) {
    const held = bytes.byteLength > entry.bytes ? `more than ${entry.bytes}` : String(bytes.byteLength);
    throw new LimenError(
      "LIMEN_MODEL_HASH",
      `${path} holds ${held} bytes, the ${entry.role} model has ${entry.bytes}`,
      {
        hint: FETCH,
      },
    );
  }
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  if (sha256 !== entry.sha256) {
    throw new LimenError(
      "LIMEN_MODEL_HASH",
      `${path} is not the ${entry.role} model: sha256 ${sha256.slice(0, 12)}…, expected ${entry.sha256.slice(0, 12)}…`,
      { hint: FETCH },
    );
  }
  return bytes;
}

async function readAtMost(path: string, limit: number): Promise<Uint8Array> {
  try {
    await using handle = await open(path, "r");
    const buffer = new Uint8Array(limit);
    let length = 0;
    while (length < limit) {
      const { bytesRead } = await handle.read(buffer, length, limit - length, null);
      if (bytesRead === 0) break;
      length += bytesRead;
    }
    return buffer.subarray(0, length);
  } catch (cause) {
    throw new LimenError("LIMEN_MODEL_MISSING", `cannot read the model file ${path}: ${messageOf(cause)}`, {
      hint: "run `npm run setup` to fetch the models",
      cause,
    });
  }
}
