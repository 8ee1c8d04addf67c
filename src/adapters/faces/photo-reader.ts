import { open } from "node:fs/promises";
import sharp from "sharp";
import type { Picture } from "#core/face";
import { codeOf, LimenError, messageOf } from "#errors";
import type { Photo, PhotoDecoder, PhotoReader } from "#ports/photo-reader";

export interface PhotoLimits {
  /** Largest file that is read at all. */
  readonly maxBytes?: number;
  /** Largest picture that is decoded, px in all; its header tells before anything is decoded. */
  readonly maxPixels?: number;
  /** Longer side of the picture that comes out, px. */
  readonly maxSide?: number;
}

const MIB = 1024 * 1024;
const DECODE_SECONDS = 15;
/** Everything libvips may open; its many other formats (SVG, PDF, TIFF, HEIF, raw scientific data) stay closed. */
const LOADERS = ["VipsForeignLoadJpegBuffer", "VipsForeignLoadPngBuffer", "VipsForeignLoadWebpBuffer"];
const FORMATS = new Set<string | undefined>(["jpeg", "png", "webp"]);

/**
 * Reads photographs with sharp: JPEG, PNG and WebP (the first page of a moving one), upright, 8-bit sRGB, on white where
 * transparent. What is damaged is refused, not repaired: half a face is not the person.
 */
export function createPhotoReader(limits: PhotoLimits = {}): PhotoReader & PhotoDecoder {
  const { maxBytes = 16 * MIB, maxPixels = 24e6, maxSide = 1600 } = limits;

  /** `what` names the photo in errors. */
  const decodeBytes = async (bytes: Uint8Array, what: string): Promise<Photo> => {
    if (bytes.byteLength > maxBytes) throw tooManyBytes(what, bytes.byteLength, maxBytes);
    closeOtherLoaders();
    try {
      const header = await sharp(bytes, { limitInputPixels: false, failOn: "error" }).metadata();
      const { format, width, height, autoOrient } = header;
      if (!FORMATS.has(format)) throw new TypeError(`it is ${format}`);
      if (width * height > maxPixels) {
        const limit = `the limit is ${Math.round(maxPixels / 1e6)} megapixels`;
        throw tooLarge(`${what} has ${width}×${height} pixels, ${limit}`);
      }
      const picture = await decode(bytes, maxPixels, maxSide);
      return { ...picture, original: { width: autoOrient.width, height: autoOrient.height } };
    } catch (cause) {
      if (codeOf(cause) === "LIMEN_PHOTO_TOO_LARGE") throw cause;
      throw unreadable(`${what} is not a readable photo: ${firstLineOf(cause)}`, cause);
    }
  };

  return {
    read: async (file) => decodeBytes(await readBytes(file, maxBytes), file),
    decode: (bytes) => decodeBytes(bytes, "the picture"),
  };
}

let closed = false;

/** Once a process, at the first photo: later would race with a decode under way. Also lets libvips keep no picture in its cache. */
function closeOtherLoaders(): void {
  if (closed) return;
  closed = true;
  sharp.cache(false);
  sharp.block({ operation: ["VipsForeignLoad"] });
  sharp.unblock({ operation: LOADERS });
}

async function decode(bytes: Uint8Array, maxPixels: number, maxSide: number): Promise<Picture> {
  const { data, info } = await sharp(bytes, { limitInputPixels: maxPixels, failOn: "error", pages: 1 })
    .timeout({ seconds: DECODE_SECONDS })
    .autoOrient()
    .resize({ width: maxSide, height: maxSide, fit: "inside", withoutEnlargement: true })
    .flatten({ background: "#ffffff" })
    .toColourspace("srgb")
    .raw({ depth: "uchar" })
    .toBuffer({ resolveWithObject: true });
  if (info.channels !== 3) throw new TypeError(`it decodes to ${info.channels} channels`);
  return { width: info.width, height: info.height, rgb: data };
}

async function readBytes(file: string, maxBytes: number): Promise<Uint8Array> {
  try {
    await using handle = await open(file, "r");
    const { size } = await handle.stat();
    if (size > maxBytes) throw tooManyBytes(file, size, maxBytes);
    const buffer = new Uint8Array(size);
    const { bytesRead } = await handle.read(buffer, 0, size, 0);
    return buffer.subarray(0, bytesRead);
  } catch (cause) {
    if (codeOf(cause) === "LIMEN_PHOTO_TOO_LARGE") throw cause;
    throw unreadable(`cannot read ${file}: ${messageOf(cause)}`, cause);
  }
}

function firstLineOf(cause: unknown): string {
  return messageOf(cause).split("\n", 1)[0] ?? "";
}

function unreadable(message: string, cause: unknown): LimenError {
  return new LimenError("LIMEN_PHOTO_UNREADABLE", message, {
    hint: "use a complete JPEG, PNG or WebP photo",
    cause,
  });
}

function tooManyBytes(what: string, bytes: number, maxBytes: number): LimenError {
  return tooLarge(`${what} has ${bytes} bytes, the limit is ${Math.round(maxBytes / MIB)} MiB`);
}

function tooLarge(message: string): LimenError {
  return new LimenError("LIMEN_PHOTO_TOO_LARGE", message, { hint: "use a smaller copy of the photo" });
}
