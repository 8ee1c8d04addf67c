import { readFile, stat } from "node:fs/promises";
import { type H264Clip, parseClip } from "#demo/camera/annexb";
import { LimenError, messageOf } from "#errors";

/** A clip lives in memory for as long as its camera: minutes of sub-stream fit, a film does not. */
const MAX_CLIP_BYTES = 256 * 1024 * 1024;

/** Reads an Annex B H.264 file. Throws LIMEN_DEMO_ASSET when it is missing, too large, or not servable (see parseClip). */
export async function loadClip(file: string, signal?: AbortSignal): Promise<H264Clip> {
  return parseClip(await readBounded(file, signal));
}

async function readBounded(file: string, signal: AbortSignal | undefined): Promise<Uint8Array> {
  try {
    const { size } = await stat(file);
    if (size > MAX_CLIP_BYTES) throw new Error(`${size} bytes, more than ${MAX_CLIP_BYTES}`);
    return await readFile(file, signal === undefined ? {} : { signal });
  } catch (cause) {
    signal?.throwIfAborted();
    throw new LimenError("LIMEN_DEMO_ASSET", `cannot read the camera's clip: ${messageOf(cause)}`, {
      hint: "Delete the demo's cache folder and run the demo again: it renders the clip anew.",
      cause,
    });
  }
}
