import { Readable } from "node:stream";
import type { FfmpegBinary } from "#adapters/ffmpeg/binary";
import { runFfmpeg } from "#adapters/ffmpeg/one-shot";

/** What turns the camera's stream into pictures: ffmpeg itself, or a part of the machine. */
export type Decoder = "software" | "vaapi" | "v4l2m2m";

/** Intel and AMD graphics: the first one, which is the only one in a small box. */
const VAAPI_DEVICE = "/dev/dri/renderD128";
const PROBE_MS = 15_000;

/** One grey key picture of 128×128 px in H.264, Annex B. */
const PROBE_PICTURE = Buffer.from(
  "AAAAAWdCwAraCBGwEQAAAwABAAADAAoPEiagAAAAAWjOD8gAAAFliIQ6JigMnJycnJycnXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXg==",
  "base64",
);

/**
 * Options before `-i`. One thread and low_delay: each decoder thread holds a frame back. VAAPI decodes H.264 and H.265, and its
 * pictures come back to ordinary memory by themselves; V4L2 (Raspberry Pi 3 and 4) is asked for H.264 alone.
 */
export function decoderOptions(decoder: Decoder): string[] {
  const oneThread = ["-threads", "1", "-flags", "low_delay"];
  if (decoder === "vaapi") return [...oneThread, "-hwaccel", "vaapi", "-hwaccel_device", VAAPI_DEVICE];
  if (decoder === "v4l2m2m") return [...oneThread, "-c:v", "h264_v4l2m2m"];
  return oneThread;
}

/**
 * Decodes one picture with it, so strictly that software cannot step in unnoticed. Rejects with LIMEN_FFMPEG_FAILED when this
 * machine cannot, and with the signal's reason when aborted.
 */
export async function tryDecoder(binary: FfmpegBinary, decoder: Decoder, signal: AbortSignal): Promise<void> {
  const strict = decoder === "vaapi" ? ["-hwaccel_output_format", "vaapi"] : [];
  const download = decoder === "vaapi" ? ["-vf", "hwdownload,format=nv12"] : [];
  await runFfmpeg(
    binary,
    (command) =>
      command
        .input(Readable.from([PROBE_PICTURE]))
        .inputOptions([...decoderOptions(decoder), ...strict, "-f", "h264"])
        .output("-")
        .outputOptions([...download, "-frames:v", "1", "-f", "null"]),
    { timeoutMs: PROBE_MS, signal },
  );
}
