import type { FfmpegBinary } from "#adapters/ffmpeg/binary";
import { chunkSink } from "#adapters/ffmpeg/child";
import { runFfmpeg } from "#adapters/ffmpeg/one-shot";

export interface SnapshotOptions {
  readonly ffmpeg: FfmpegBinary;
  /** H.264 Annex B. */
  readonly clipFile: string;
  readonly signal?: AbortSignal;
}

const TIMEOUT_MS = 60_000;

/** The clip's first picture as a JPEG, for the camera's snapshot address. Throws LIMEN_FFMPEG_FAILED. */
export async function renderSnapshot({ ffmpeg, clipFile, signal }: SnapshotOptions): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  await runFfmpeg(
    ffmpeg,
    (command) =>
      command
        .input(clipFile)
        .inputOptions(["-f", "h264"])
        .output(
          chunkSink((chunk) => chunks.push(chunk)),
          { end: true },
        )
        .outputOptions(["-an", "-frames:v", "1", "-q:v", "5", "-pix_fmt", "yuvj420p", "-f", "mjpeg"]),
    { timeoutMs: TIMEOUT_MS, ...(signal === undefined ? {} : { signal }) },
  );
  return Buffer.concat(chunks);
}
