/** Control characters, and those that turn the direction of writing: on a terminal they could say something else than they are. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu;
const LONGEST = 64;

/** A device's word as it may be shown: one line of at most 64 characters. */
export function plainText(word: unknown): string {
  if (typeof word !== "string" && typeof word !== "number" && typeof word !== "boolean") return "";
  return String(word).replace(UNSAFE, " ").replace(/\s+/g, " ").trim().slice(0, LONGEST);
}
