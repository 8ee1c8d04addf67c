import type { FfmpegBinary } from "#adapters/ffmpeg/binary";
import { chunkSink } from "#adapters/ffmpeg/child";
import { runFfmpeg } from "#adapters/ffmpeg/one-shot";
import type { Picture } from "#core/face";
import { LimenError } from "#errors";

/** A clip small enough for a terminal, decoded once. */
export interface ClipPreview {
  /** The picture shown while this frame of the full clip is; the nearest one beyond the ends. */
  at(clipFrame: number): Picture;
  readonly pictures: readonly Picture[];
}

export interface PreviewOptions {
  readonly ffmpeg: FfmpegBinary;
  /** H.264 Annex B. */
  readonly clipFile: string;
  /** The clip's rate: an Annex B file does not carry one that ffmpeg would use. */
  readonly clipFps: number;
  readonly width?: number;
  readonly height?: number;
  readonly fps?: number;
  readonly signal?: AbortSignal;
}

const TIMEOUT_MS = 120_000;
const MAX_BYTES = 64 * 1024 * 1024;

/** Decodes the clip to small pictures (64x36 at 5 fps: 35 kB a second), in memory. Throws LIMEN_FFMPEG_FAILED, LIMEN_DEMO_ASSET, LIMEN_DEMO_FAILED. */
export async function decodePreview(options: PreviewOptions): Promise<ClipPreview> {
  const { clipFile, clipFps, width = 64, height = 36, fps = 5, signal } = options;
  const frameBytes = width * height * 3;
  const chunks: Buffer[] = [];
  let bytes = 0;
  const keep = (chunk: Buffer): void => {
    bytes += chunk.length;
    if (bytes <= MAX_BYTES) chunks.push(chunk);
  };
  await runFfmpeg(
    options.ffmpeg,
    (command) =>
      command
        .input(clipFile)
        .inputOptions(["-f", "h264", "-framerate", `${clipFps}`])
        .output(chunkSink(keep), { end: true })
        .outputOptions(["-an", "-vf", `fps=${fps}:round=down,scale=${width}:${height}:flags=area`])
        .outputOptions(["-pix_fmt", "rgb24", "-f", "rawvideo"]),
    { timeoutMs: TIMEOUT_MS, ...(signal === undefined ? {} : { signal }) },
  );
  if (bytes > MAX_BYTES) {
    throw new LimenError("LIMEN_DEMO_FAILED", `the preview of the camera's clip takes more than ${MAX_BYTES} bytes`, {
      hint: "Ask for a smaller or slower preview.",
    });
  }
  const raw = Buffer.concat(chunks);
  const pictures = Array.from({ length: Math.floor(raw.length / frameBytes) }, (_, index) => ({
    width,
    height,
    rgb: raw.subarray(index * frameBytes, (index + 1) * frameBytes),
  }));
  const last = pictures.at(-1);
  if (last === undefined) {
    throw new LimenError("LIMEN_DEMO_ASSET", "the camera's clip holds no picture", {
      hint: "Delete the demo's cache folder and run the demo again: it renders the clip anew.",
    });
  }
  return { pictures, at: (clipFrame) => pictures[Math.max(0, Math.floor((clipFrame * fps) / clipFps))] ?? last };
}
