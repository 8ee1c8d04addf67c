import { createHash, timingSafeEqual } from "node:crypto";
import { textOf } from "#demo/camera/onvif/xml";

/** What a caller proves its password with (OASIS WS-Security UsernameToken Profile 1.0, PasswordDigest). */
export interface UsernameToken {
  readonly username: string;
  /** Base 64. */
  readonly digest: string;
  /** Base 64. */
  readonly nonce: string;
  /** As it was sent: its characters are part of the digest. */
  readonly created: string;
}

/** A token's time may differ this much from the camera's clock, either way. */
const MAX_AGE_MS = 5 * 60_000;
const MAX_REMEMBERED = 10_000;

/** The token in a message's header; null when there is none or a part is missing. */
export function readUsernameToken(message: string): UsernameToken | null {
  const header = /<(?:[\w.-]+:)?UsernameToken[\s>][\s\S]*?<\/(?:[\w.-]+:)?UsernameToken>/.exec(message)?.[0] ?? "";
  const [username, digest, nonce, created] = ["Username", "Password", "Nonce", "Created"].map((n) => textOf(header, n));
  if (typeof username !== "string" || typeof digest !== "string") return null;
  if (typeof nonce !== "string" || typeof created !== "string") return null;
  return /Type=["'][^"']*#PasswordDigest["']/.test(header) ? { username, digest, nonce, created } : null;
}

/** Base64(SHA-1(nonce + created + password)). */
export function passwordDigest(nonce: Uint8Array, created: string, password: string): string {
  return createHash("sha1").update(nonce).update(created).update(password).digest("base64");
}

/** Judges tokens: right name, right password, made within five minutes of the camera's clock, and never seen before. */
export class TokenJudge {
  /** Until when each digest is remembered, ms of the camera's clock, oldest first. */
  readonly #seen = new Map<string, number>();

  /** `nowMs`: the camera's clock, ms since 1970. "stale" = not the password's fault. */
  judge(
    token: UsernameToken,
    account: { username: string; password: string },
    nowMs: number,
  ): "right" | "wrong" | "stale" {
    const createdMs = Date.parse(token.created);
    if (!(Math.abs(nowMs - createdMs) <= MAX_AGE_MS)) return "stale";
    const given = Buffer.from(token.digest);
    const expected = Buffer.from(passwordDigest(Buffer.from(token.nonce, "base64"), token.created, account.password));
    const isRight = given.length === expected.length && timingSafeEqual(given, expected);
    if (!isRight || token.username !== account.username) return "wrong";
    return this.#isNew(token.digest, nowMs) ? "right" : "stale";
  }

  /**
   * By digest, not by nonce: some clients keep their nonce and change the time, and whoever cannot make a new digest cannot do
   * that. Only those of right tokens are kept, so a stranger cannot fill the memory; when it is full, the oldest goes.
   */
  #isNew(digest: string, nowMs: number): boolean {
    for (const [old, untilMs] of this.#seen) {
      if (untilMs > nowMs && this.#seen.size <= MAX_REMEMBERED) break;
      this.#seen.delete(old);
    }
    if (this.#seen.has(digest)) return false;
    this.#seen.set(digest, nowMs + 2 * MAX_AGE_MS);
    return true;
  }
}
