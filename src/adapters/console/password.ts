import { randomBytes, scrypt, timingSafeEqual } from "node:crypto";
import { LimenError } from "#errors";

/** Shorter ones can be guessed over a network, attempt limit or not. */
const MIN_CHARACTERS = 12;
/** Longer ones are nobody's password. */
const MAX_CHARACTERS = 1024;
/** 32 MB and about a tenth of a second a try: OWASP's advice for scrypt, halved for a Raspberry Pi. */
const COST = { N: 2 ** 15, r: 8, p: 1, maxmem: 64 * 1024 * 1024 };

/** True for the right password; what is compared are hashes, in constant time. */
export type PasswordCheck = (presented: string) => Promise<boolean>;

function hashOf(password: string, salt: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(password.normalize("NFC"), salt, 32, COST, (error, key) => (error === null ? resolve(key) : reject(error)));
  });
}

/** Keeps a salted hash of the password, not the password. One check at a time. Throws LIMEN_CONSOLE_PASSWORD. */
export async function checkAgainst(password: string): Promise<PasswordCheck> {
  if (password.length < MIN_CHARACTERS || password.length > MAX_CHARACTERS) {
    const message = `the console's password must have ${MIN_CHARACTERS} to ${MAX_CHARACTERS} characters`;
    throw new LimenError("LIMEN_CONSOLE_PASSWORD", message, { hint: "a few random words will do" });
  }
  const salt = randomBytes(16);
  const known = await hashOf(password, salt);
  let last: Promise<unknown> = Promise.resolve();
  return (presented) => {
    const check = last.then(async () =>
      timingSafeEqual(known, await hashOf(presented.slice(0, MAX_CHARACTERS + 1), salt)),
    );
    last = check.catch(() => {});
    return check;
  };
}
