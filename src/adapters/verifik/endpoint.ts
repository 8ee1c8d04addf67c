import { LimenError } from "#errors";

/** What may be asked of the engine. */
export interface Call {
  readonly path: string;
  /**
   * True when asking twice does what asking once does. Only such a call is ever sent again after a failure: a search stores
   * nothing, but somebody enrolled twice is two people, so a write gets one try and the caller the error.
   */
  readonly repeatable: boolean;
}

export const SEARCH: Call = { path: "v2/face-recognition/search", repeatable: true };
/** It stores nothing either; but whoever asks wants a later picture looked at, not the same one twice. */
export const SEARCH_LIVE_FACE: Call = { path: "v2/face-recognition/search-live-face", repeatable: false };

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

function refuse(what: string, hint: string): never {
  // The address itself is not quoted: somebody may have put a token or a password into it.
  throw new LimenError("LIMEN_CONFIG_INVALID", `the search engine's address ${what}`, { hint });
}

/**
 * The full address of a call below the engine's base address. Pictures of people and the token travel on it, so it must be
 * https, or http to this computer; anything else needs `allowInsecure`. Throws LIMEN_CONFIG_INVALID.
 */
export function endpointOf(base: string, call: Call, allowInsecure = false): URL {
  const example = "write it like https://api.example.com";
  if (!URL.canParse(base)) return refuse("is no URL", example);
  const url = new URL(base);
  if (url.protocol !== "https:" && url.protocol !== "http:") return refuse("is neither https nor http", example);
  if (url.username !== "" || url.password !== "") {
    return refuse("holds a user name or password", "the token is a setting of its own; take it out of the address");
  }
  if (url.search !== "" || url.hash !== "") return refuse("has a query or a fragment", example);
  if (url.protocol === "http:" && !LOOPBACK.test(url.hostname) && !allowInsecure) {
    return refuse(
      `would send faces and the token to ${url.host} without encryption`,
      "use https, or allow it explicitly for a network of your own",
    );
  }
  return new URL(call.path, url.href.endsWith("/") ? url.href : `${url.href}/`);
}
