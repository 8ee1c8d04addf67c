/** Over TLS the name itself makes browsers insist on Secure, this host and the whole path. */
const nameOf = (isSecure: boolean): string => (isSecure ? "__Host-limen_session" : "limen_session");

/** Set-Cookie for a session; null takes it away. */
export function sessionCookie(token: string | null, isSecure: boolean): string {
  const life = token === null ? "; Max-Age=0" : "";
  return `${nameOf(isSecure)}=${token ?? ""}; Path=/; HttpOnly; SameSite=Strict${isSecure ? "; Secure" : ""}${life}`;
}

/** The session's token in a Cookie header. */
export function tokenIn(header: string | undefined, isSecure: boolean): string | undefined {
  const prefix = `${nameOf(isSecure)}=`;
  const found = header?.split(/; */).find((pair) => pair.startsWith(prefix));
  return found?.slice(prefix.length);
}
