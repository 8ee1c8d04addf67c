import { randomBytes } from "node:crypto";

const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const TIME_CHARACTERS = 10;
const RANDOM_CHARACTERS = 16;

/** A ULID (26 characters of Crockford's base 32: 48 bits of ms, 80 random bits), sortable by time. */
export function newUlid(epochMs: number = Date.now()): string {
  let time = "";
  for (let rest = Math.floor(epochMs), i = 0; i < TIME_CHARACTERS; i++, rest = Math.floor(rest / 32)) {
    time = (ALPHABET[rest % 32] ?? "0") + time;
  }
  return time + [...randomBytes(RANDOM_CHARACTERS)].map((byte) => ALPHABET[byte % 32]).join("");
}
