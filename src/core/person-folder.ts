/** How a folder of photos stands for a person. */

/** Photos one person is enrolled from, at most. */
export const MAX_PHOTOS = 10;

const PHOTO = /\.(jpe?g|png|webp)$/i;

/** Which of a folder's files are taken, in which order, and how many photos are too many. Hidden files are none. */
export function photosToTake(files: readonly string[]): { readonly taken: string[]; readonly leftOut: number } {
  const photos = files.filter((file) => PHOTO.test(file) && !file.startsWith(".")).sort();
  return { taken: photos.slice(0, MAX_PHOTOS), leftOut: Math.max(0, photos.length - MAX_PHOTOS) };
}

/** A folder's name as a person's: no spaces around it, and the same letters however the file system spells them. */
export function nameOfFolder(folder: string): string {
  return folder.normalize("NFC").trim();
}
