import type { Picture } from "#core/face";

/** Decodes photographs people enrol from. */
export interface PhotoReader {
  /**
   * Upright RGB picture (EXIF rotation applied, metadata dropped), shrunk so that its longer side is at most the reader's limit.
   * Throws LIMEN_PHOTO_UNREADABLE (not an image, truncated, missing file, unsupported format) and LIMEN_PHOTO_TOO_LARGE.
   */
  read(file: string): Promise<Picture>;
}
