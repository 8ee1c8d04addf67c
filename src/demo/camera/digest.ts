import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

/** What a request must be signed with: HTTP Digest with MD5 (RFC 2617 §3.2). */
export interface DigestLock {
  readonly realm: string;
  readonly nonce: string;
  readonly username: string;
  readonly password: string;
}

export function newNonce(): string {
  return randomBytes(16).toString("hex");
}

/** The value of the WWW-Authenticate header: RTSP cameras ask without qop, HTTP servers with qop=auth. */
export function digestChallenge(lock: Pick<DigestLock, "realm" | "nonce">, qop: "none" | "auth" = "none"): string {
  const asked = `Digest realm="${lock.realm}", nonce="${lock.nonce}", algorithm=MD5`;
  return qop === "auth" ? `${asked}, qop="auth"` : asked;
}

/**
 * True when this Authorization header signs this method with the lock's user and password, with qop=auth or none. The signed uri is taken from the
 * header, because clients differ in what they put there (with or without the track, with or without a final slash).
 */
export function isAuthorised(method: string, authorization: string | undefined, lock: DigestLock): boolean {
  const given = parseDigest(authorization ?? "");
  const response = given.get("response") ?? "";
  const uri = given.get("uri");
  if (uri === undefined || given.get("username") !== lock.username) return false;
  if (given.get("realm") !== lock.realm || given.get("nonce") !== lock.nonce) return false;
  const qop = given.get("qop");
  if (qop !== undefined && qop !== "auth") return false;
  const counted = qop === undefined ? "" : `${given.get("nc") ?? ""}:${given.get("cnonce") ?? ""}:${qop}:`;
  const secret = md5(`${lock.username}:${lock.realm}:${lock.password}`);
  const expected = md5(`${secret}:${lock.nonce}:${counted}${md5(`${method}:${uri}`)}`);
  return response.length === expected.length && timingSafeEqual(Buffer.from(response), Buffer.from(expected));
}

/** `Digest a="b", c=d` → its parameters; empty for any other scheme. A quoted value may hold commas and escaped quotes. */
export function parseDigest(header: string): ReadonlyMap<string, string> {
  const scheme = /^\s*Digest\s+/i.exec(header);
  if (scheme === null) return new Map();
  const pairs = header.slice(scheme[0].length).matchAll(/([\w-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]*))/g);
  return new Map(
    [...pairs].map(([, name, quoted, bare]) => [String(name).toLowerCase(), unquote(quoted) ?? bare ?? ""]),
  );
}

function unquote(quoted: string | undefined): string | undefined {
  return quoted?.replaceAll(/\\(.)/g, "$1");
}

function md5(text: string): string {
  return createHash("md5").update(text).digest("hex");
}
