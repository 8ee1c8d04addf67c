import { createHash, timingSafeEqual } from "node:crypto";
import { ApiError } from "#adapters/http/api-error";
import type { ApiToken, Scope } from "#adapters/http/api-parts";
import { LimenError } from "#errors";

/** Shorter secrets can be guessed over a network. */
const MIN_TOKEN_CHARACTERS = 16;

interface KnownToken {
  readonly name: string;
  readonly hash: Buffer;
  readonly scopes: ReadonlySet<Scope>;
}

function hashOf(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}

/** Who sent a request: 401 without a token, 403 for a wrong one or one that may not do this. */
export type Doorkeeper = (authorization: string | undefined, scope: Scope) => string;

/**
 * Keeps hashes, never tokens, and compares with every one of them, so that the time taken says nothing.
 * Throws LIMEN_API_TOKENS when there is no token, one under 16 characters, or the same one twice.
 */
export function createDoorkeeper(tokens: readonly ApiToken[]): Doorkeeper {
  if (tokens.length === 0) throw unfit("the API has no token");
  const short = tokens.find(({ token }) => token.length < MIN_TOKEN_CHARACTERS);
  if (short !== undefined) throw unfit(`the API token "${short.name}" has under ${MIN_TOKEN_CHARACTERS} characters`);
  const known: readonly KnownToken[] = tokens.map(({ name, token, scopes }) => ({
    name,
    hash: hashOf(token),
    scopes: new Set(scopes),
  }));
  if (new Set(known.map(({ hash }) => hash.toString("hex"))).size < known.length) {
    throw unfit("two API tokens are the same");
  }

  return (authorization, scope) => {
    const [, presented] = /^Bearer +(\S+) *$/i.exec(authorization ?? "") ?? [];
    if (presented === undefined) throw new ApiError(401, "UNAUTHORIZED", "Authentication required");
    const hash = hashOf(presented);
    let holder: KnownToken | undefined;
    for (const token of known) if (timingSafeEqual(token.hash, hash)) holder = token;
    if (holder === undefined) throw new ApiError(403, "FORBIDDEN", "invalid_token");
    if (!holder.scopes.has(scope)) {
      throw new ApiError(403, "FORBIDDEN", `this token may not do that: it lacks the scope "${scope}"`);
    }
    return holder.name;
  };
}

function unfit(message: string): LimenError {
  return new LimenError("LIMEN_API_TOKENS", message, { hint: "make each with `openssl rand -hex 32`" });
}
