import type { Picture } from "#core/face";

/** Decodes photographs people enrol from. */
export interface PhotoReader {
  /**
   * Upright RGB picture (EXIF rotation applied, metadata dropped), shrunk so that its longer side is at most the reader's limit.
   * Throws LIMEN_PHOTO_UNREADABLE (not an image, truncated, missing file, unsupported format) and LIMEN_PHOTO_TOO_LARGE.
   */
  read(file: string): Promise<Picture>;
}

/** A decoded photograph that knows how large it was before it was shrunk. */
export interface Photo extends Picture {
  /** Upright size in the file, px. */
  readonly original: { readonly width: number; readonly height: number };
}

/** Decodes photographs that arrive as bytes, under the same limits and rules as files. */
export interface PhotoDecoder {
  /** Upright RGB picture, as `PhotoReader.read`. Throws LIMEN_PHOTO_UNREADABLE and LIMEN_PHOTO_TOO_LARGE. */
  decode(bytes: Uint8Array): Promise<Photo>;
}
