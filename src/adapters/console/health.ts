import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { LimenError } from "#errors";

/** Shorter tokens can be guessed over a network. */
const MIN_TOKEN_CHARACTERS = 16;

type Asker = Pick<IncomingMessage, "headers"> & { readonly socket: { readonly remoteAddress?: string | undefined } };

export interface HealthAccess {
  /** Null = only who asks from this computer. */
  readonly token: string | null;
  /** Then everybody seems to ask from this computer. */
  readonly behindTlsProxy: boolean;
}

function isLoopback(address: string | undefined): boolean {
  return address !== undefined && /^(::1|(::ffff:)?127\.\d+\.\d+\.\d+)$/.test(address);
}

function hashOf(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

/**
 * Who may read health and metrics without signing in: whoever sends the token, and programs on this computer. With a proxy in
 * between nobody can be told to be on this computer, so the token alone counts; the same for what a proxy passed on that nobody
 * told us of. Throws LIMEN_CONSOLE_PASSWORD for a token that can be guessed.
 */
export function mayReadHealth({ token, behindTlsProxy }: HealthAccess): (request: Asker) => boolean {
  if (token !== null && token.length < MIN_TOKEN_CHARACTERS) {
    throw new LimenError(
      "LIMEN_CONSOLE_PASSWORD",
      `the metrics token of the console has under ${MIN_TOKEN_CHARACTERS} characters`,
      { hint: "make it with `openssl rand -hex 32`" },
    );
  }
  const known = token === null ? null : hashOf(token);
  return ({ headers, socket }) => {
    const [, presented] = /^Bearer +(\S+) *$/i.exec(headers.authorization ?? "") ?? [];
    if (known !== null && presented !== undefined) return timingSafeEqual(known, hashOf(presented));
    const isPassedOn = ["x-forwarded-for", "x-forwarded-host", "x-real-ip", "forwarded", "via"].some(
      (name) => headers[name] !== undefined,
    );
    return !behindTlsProxy && !isPassedOn && isLoopback(socket.remoteAddress);
  };
}
