import type { IncomingMessage } from "node:http";

/** Who sent a request, as far as limits care: the address of the connection, or the one the proxy before us saw. */
export function sourceOf(
  request: Pick<IncomingMessage, "headers"> & { readonly socket: { readonly remoteAddress?: string | undefined } },
  behindProxy: boolean,
): string {
  const forwarded = request.headers["x-forwarded-for"];
  // Only the last entry is the proxy's own; whoever comes may have written the others.
  const last = (Array.isArray(forwarded) ? forwarded.join(",") : (forwarded ?? "")).split(",").at(-1)?.trim();
  if (behindProxy && last !== undefined && last !== "") return last.slice(0, 64);
  return request.socket.remoteAddress ?? "unknown";
}
