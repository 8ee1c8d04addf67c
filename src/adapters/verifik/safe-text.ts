/** Longest text of somebody else's that is quoted. */
const MAX_QUOTED = 200;
/** Looked at before quoting; longer texts are pictures, pages or traps. */
const MAX_EXAMINED = 2000;
/** So many characters of the token in a row give it away. */
const GIVEAWAY = 8;
/** A run this long without a break is base64, a hash or a token, not a word. A collection's UUID (36) stays. */
const OPAQUE_RUN = /[A-Za-z0-9+/=_.-]{44,}/g;

/** Every run of GIVEAWAY characters of the token (the whole token when it is shorter). */
function piecesOf(token: string): ReadonlySet<string> {
  const size = Math.min(GIVEAWAY, token.length);
  const pieces = new Set<string>();
  for (let at = 0; size > 0 && at + size <= token.length; at++) pieces.add(token.slice(at, at + size).toLowerCase());
  return pieces;
}

function gives(word: string, pieces: ReadonlySet<string>, size: number): boolean {
  const lower = word.toLowerCase();
  for (let at = 0; at + size <= lower.length; at++) if (pieces.has(lower.slice(at, at + size))) return true;
  return false;
}

/**
 * A server's own words, fit to be quoted in an error and a log line: one line, bounded, without the token (a server may echo the
 * header it did not like, whole or in part) and without anything that could be a picture.
 */
export function safeText(text: string, token: string): string {
  const pieces = piecesOf(token);
  const size = Math.min(GIVEAWAY, token.length);
  const clean = text
    .slice(0, MAX_EXAMINED)
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, " ")
    .replace(/\S+/g, (word) => (size > 0 && gives(word, pieces, size) ? "[redacted]" : word))
    .replace(OPAQUE_RUN, "[redacted]")
    .trim();
  return clean.length > MAX_QUOTED ? `${clean.slice(0, MAX_QUOTED - 1)}…` : clean;
}
