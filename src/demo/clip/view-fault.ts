import type { FfmpegBinary } from "#adapters/ffmpeg/binary";
import { runFfmpeg } from "#adapters/ffmpeg/one-shot";
import { encoderOptions } from "#demo/clip/render";
import type { ClipShape } from "#demo/clip/visit";

/** What can be wrong with the view itself while the stream is in order. */
export type ViewFault = "black" | "covered" | "moved" | "blurred";

export interface ViewFaultOptions extends ClipShape {
  readonly ffmpeg: FfmpegBinary;
  /** What the camera sees when all is well, H.264 Annex B of this shape; renderClip without visits makes an empty scene. */
  readonly sceneFile: string;
  readonly fault: ViewFault;
  readonly seconds: number;
  /** The clip, H.264 Annex B, as loadClip wants it. */
  readonly outFile: string;
  readonly signal?: AbortSignal;
}

const TIMEOUT_MS = 60_000;

/** A sensor's own noise, which a blurred or covered lens does not take away: without it the picture would be frozen too. */
const SENSOR_NOISE = "noise=alls=5:allf=t";

/** How far a "moved" camera's scene is shifted to the left, as a part of the picture's width; plain wall comes in on the right. */
const MOVED_BY = 0.25;

/** One picture width in this many is the blur's standard deviation: at 640 px, a face at the door is a smudge. */
const BLUR_PART = 50;

/**
 * The scene as a camera shows it that was painted over, unplugged from its light, knocked askew or breathed upon: a short clip for
 * the simulated camera's `load`. Throws LIMEN_FFMPEG_FAILED when the scene cannot be read.
 */
export async function renderViewFault(options: ViewFaultOptions): Promise<void> {
  const { ffmpeg, sceneFile, fault, seconds, outFile, signal } = options;
  await runFfmpeg(
    ffmpeg,
    (command) =>
      command
        .input(sceneFile)
        .inputOptions(["-f", "h264", "-framerate", `${options.fps}`])
        .complexFilter(`[0:v]${viewFilter(fault, options)},format=yuv420p[out]`)
        .output(outFile)
        .outputOptions([...encoderOptions(options), "-t", `${seconds}`, "-y"]),
    { timeoutMs: TIMEOUT_MS, ...(signal === undefined ? {} : { signal }) },
  );
}

function viewFilter(fault: ViewFault, { width, height }: ClipShape): string {
  const shift = 2 * Math.round((width * MOVED_BY) / 2);
  switch (fault) {
    case "black":
      return "lutyuv=y=16:u=128:v=128,noise=alls=2:allf=t";
    case "covered":
      return `lutyuv=y=104:u=128:v=128,${SENSOR_NOISE}`;
    case "moved":
      return `crop=${width - shift}:${height}:${shift}:0,pad=${width}:${height}:0:0:color=0x9a9a96`;
    case "blurred":
      return `gblur=sigma=${width / BLUR_PART},${SENSOR_NOISE}`;
  }
}
