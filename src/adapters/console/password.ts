import { randomBytes, scrypt, timingSafeEqual } from "node:crypto";

/** Shorter ones can be guessed over a network, attempt limit or not. */
export const MIN_CHARACTERS = 12;
/** Longer ones are nobody's password. */
const MAX_CHARACTERS = 1024;
/** 32 MB and about a tenth of a second a try: OWASP's advice for scrypt, halved for a Raspberry Pi. */
const COST = { N: 2 ** 15, r: 8, p: 1, maxmem: 64 * 1024 * 1024 };

export interface HashedPassword {
  readonly salt: Uint8Array;
  readonly hash: Uint8Array;
}

function hashOf(password: string, salt: Uint8Array): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(password.normalize("NFC"), salt, 32, COST, (error, key) => (error === null ? resolve(key) : reject(error)));
  });
}

/** What is wrong with a password somebody wants, as a sentence; null when it will do. */
export function passwordFault(password: string): string | null {
  return password.length < MIN_CHARACTERS || password.length > MAX_CHARACTERS
    ? `The password must have ${MIN_CHARACTERS} to ${MAX_CHARACTERS} characters: a few random words will do.`
    : null;
}

export async function hashPassword(password: string): Promise<HashedPassword> {
  const salt = randomBytes(16);
  return { salt, hash: await hashOf(password, salt) };
}

/** True for the right password; what is compared are hashes, in constant time. */
export async function isRightPassword(presented: string, { salt, hash }: HashedPassword): Promise<boolean> {
  return timingSafeEqual(hash, await hashOf(presented.slice(0, MAX_CHARACTERS + 1), salt));
}
