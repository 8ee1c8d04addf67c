import { join } from "node:path";
import sharp, { type Sharp } from "sharp";
import type { FfmpegBinary } from "#adapters/ffmpeg/binary";
import { chunkSink } from "#adapters/ffmpeg/child";
import { runFfmpeg } from "#adapters/ffmpeg/one-shot";
import { assetPath, hashAsset, missingAsset } from "#demo/clip/assets";
import { ENROLLED_PEOPLE, type EnrolledPerson } from "#demo/clip/cast";
import type { Picture } from "#demo/clip/visit";

export interface EnrolmentPhoto {
  readonly id: string;
  readonly name: string;
  /** A JPEG of one person. */
  readonly file: string;
}

export interface EnrolmentOptions {
  readonly ffmpeg: FfmpegBinary;
  readonly assetsDir: string;
  /** Exists, and is the caller's to delete: the pictures show real people and must not outlive their use. */
  readonly outDir: string;
  readonly people?: readonly EnrolledPerson[];
  readonly signal?: AbortSignal;
}

const JPEG_QUALITY = 92;
const ONE_FRAME_TIMEOUT_MS = 60_000;

/**
 * Cuts each person's enrolment picture out of its asset, as `<id>.jpg`. The files hold pixels only: the assets' camera data and
 * places are left behind. Throws LIMEN_DEMO_ASSET when an asset is missing or cannot be decoded.
 */
export async function cutEnrolmentPhotos(options: EnrolmentOptions): Promise<EnrolmentPhoto[]> {
  const photos: EnrolmentPhoto[] = [];
  for (const { id, name, picture } of options.people ?? ENROLLED_PEOPLE) {
    options.signal?.throwIfAborted();
    const file = join(options.outDir, `${id}.jpg`);
    await hashAsset(options.assetsDir, picture.file, options.signal);
    const cut = picture.fromS === null ? cutPhoto(picture, options) : await cutVideo(picture, options);
    await cut
      .jpeg({ quality: JPEG_QUALITY })
      .toFile(file)
      .catch((cause: unknown) => {
        throw missingAsset(picture.file, cause);
      });
    photos.push({ id, name, file });
  }
  return photos;
}

function cutPhoto({ file, crop }: Picture, { assetsDir }: EnrolmentOptions): Sharp {
  const { x: left, y: top, width, height } = crop;
  return sharp(assetPath(assetsDir, file)).extract({ left, top, width, height });
}

async function cutVideo({ file, crop, fromS }: Picture, options: EnrolmentOptions): Promise<Sharp> {
  const { x, y, width, height } = crop;
  const chunks: Buffer[] = [];
  await runFfmpeg(
    options.ffmpeg,
    (command) =>
      command
        .input(assetPath(options.assetsDir, file))
        .inputOptions(["-ss", `${fromS ?? 0}`])
        .output(
          chunkSink((chunk) => chunks.push(chunk)),
          { end: true },
        )
        .outputOptions(["-an", "-frames:v", "1", "-vf", `crop=${width}:${height}:${x}:${y}`])
        .outputOptions(["-pix_fmt", "rgb24", "-f", "rawvideo"]),
    { timeoutMs: ONE_FRAME_TIMEOUT_MS, ...(options.signal === undefined ? {} : { signal: options.signal }) },
  );
  return sharp(Buffer.concat(chunks), { raw: { width, height, channels: 3 } });
}
