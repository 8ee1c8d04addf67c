import { protocolFault } from "#adapters/verifik/answer";
import { LimenError } from "#errors";

/** TLS failures, by Node's error code: somebody has to act, trying again does not help. */
const TLS = /^(?:CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_(?:GET|VERIFY)|HOSTNAME_MISMATCH|ERR_TLS|ERR_SSL|EPROTO)/;
/** The other end speaks, but not HTTP as we know it. */
const BROKEN_HTTP = /^(?:HTTP_PARSER$|UND_ERR_(?:HEADERS_OVERFLOW|RES_|REQ_CONTENT_LENGTH))/;
/** Our own mistake in making the request: trying again changes nothing. */
const UNSENDABLE = /^(?:UND_ERR_(?:INVALID|NOT_SUPPORTED|CLOSED|DESTROYED)|ERR_INVALID)/;

/** Code of what undici or Node threw; the messages beside it are not quoted, they may hold what was sent. */
function codeIn(error: unknown): string {
  if (!(error instanceof Error)) return "no reason given";
  // undici's parser errors come with a code of many kinds, or none.
  if (error.name === "HTTPParserError") return "HTTP_PARSER";
  const code = "code" in error ? error.code : null;
  return typeof code === "string" && /^[A-Z0-9_]{1,60}$/.test(code) ? code : "no reason given";
}

export interface ConnectionFault {
  readonly error: LimenError;
  /** True when nothing of an answer had come, and another try may find the engine. */
  readonly again: boolean;
}

/**
 * Why no complete answer came. `answering` = its head had arrived already: then it is never asked again, and what came is thrown
 * away. The original error is deliberately not kept as a cause.
 */
export function connectionFault(host: string, error: unknown, answering: boolean): ConnectionFault {
  const code = codeIn(error);
  if (/^UND_ERR_(?:HEADERS|BODY)_TIMEOUT$/.test(code)) return { error: timeoutFault(host), again: false };
  if (answering) return { error: protocolFault(`broke off before its end (${code})`), again: false };
  if (BROKEN_HTTP.test(code)) return { error: protocolFault(`is not HTTP (${code})`), again: false };
  if (TLS.test(code)) {
    const hint = "check the certificate's name, dates and authority, and that the address is https where the engine is";
    return { error: unreachable(`the search engine at ${host} cannot be trusted (${code})`, hint), again: false };
  }
  return {
    error: unreachable(
      `the search engine at ${host} cannot be reached (${code})`,
      "check the address, the network and that the engine runs; Limen asks again with the next face",
    ),
    again: !UNSENDABLE.test(code),
  };
}

export function timeoutFault(host: string): LimenError {
  return new LimenError("LIMEN_ENGINE_TIMEOUT", `the search engine at ${host} did not answer in time`, {
    hint: "a door needs an answer within about a second: use an engine that is nearer or faster",
  });
}

/** LIMEN_ENGINE_UNREACHABLE. */
export function unreachable(message: string, hint?: string): LimenError {
  return new LimenError("LIMEN_ENGINE_UNREACHABLE", message, hint === undefined ? {} : { hint });
}
