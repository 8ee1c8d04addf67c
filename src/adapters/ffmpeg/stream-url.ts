import type { Dialect } from "#adapters/ffmpeg/dialect";
import { type ErrorCode, LimenError } from "#errors";

export interface StreamAddress {
  /** rtsp:// or rtsps://, without credentials. */
  readonly url: string;
  readonly username?: string;
  readonly password?: string;
}

/**
 * Says where a camera's stream is; asked before every attempt with the code of the one before (null at first), because an
 * address may change. A rejection with a LimenError is a failed attempt with that code.
 */
export type AddressFinder = (previous: ErrorCode | null, signal: AbortSignal) => Promise<StreamAddress>;

/** For a camera whose address is written down. Throws LIMEN_CONFIG_INVALID at once for one that ffmpeg will not be given. */
export function fixedAddress(address: StreamAddress): AddressFinder {
  addressWithCredentials(address);
  return () => Promise.resolve(address);
}

/** Whose times the packets carry: the camera's own, which stream-clock.ts makes steady, or those of their arrival. */
export type PacketTimes = "camera" | "arrival";

/**
 * Pictures from which ffmpeg guesses the frame rate, which nobody asks for. By the camera's times the guess takes six more than by
 * those of arrival: with ffmpeg's own 20 the first picture would come later.
 */
const RATE_PROBE = 12;

/**
 * The ffconcat text that tells ffmpeg which camera to open. It goes to ffmpeg's standard input, so the credentials in it appear
 * in no process list. The I/O timeout (µs) is the net below our own watchdog. Throws LIMEN_CONFIG_INVALID, never quoting the URL.
 */
export function concatText(address: StreamAddress, { ioTimeout }: Dialect, times: PacketTimes = "camera"): string {
  return [
    "ffconcat version 1.0",
    `file '${addressWithCredentials(address)}'`,
    "option rtsp_transport tcp",
    "option allowed_media_types video",
    `option ${ioTimeout} 5000000`,
    times === "camera" ? `option fpsprobesize ${RATE_PROBE}` : "option use_wallclock_as_timestamps 1",
    "",
  ].join("\n");
}

/** The secrets of an address in every form they may come back in. */
export function secretsOf(address: StreamAddress): string[] {
  if (address.password === undefined || address.password === "") return [];
  return [...new Set([address.password, encode(address.password)])];
}

/** The camera's address as a person may see it: scheme, host, port, path. */
export function checkStreamUrl(raw: string): string {
  // The URL parser silently drops tabs and newlines; an address that holds one is a mistake or an attack.
  if (hasControlCharacter(raw)) throw invalid("holds a control character");
  const url = URL.canParse(raw) ? new URL(raw) : null;
  if (url === null) throw invalid("is not a URL");
  if (url.protocol !== "rtsp:" && url.protocol !== "rtsps:") throw invalid("does not begin with rtsp:// or rtsps://");
  if (url.username !== "" || url.password !== "") throw invalid("holds a user name or password");
  if (url.hostname === "") throw invalid("names no host");
  if (url.hash !== "") throw invalid("holds a #fragment (a # in the path is written %23)");
  // What the parser leaves alone in a path but an ffconcat line would read as its own.
  return url.href.replace(/['\\]/g, percent);
}

function addressWithCredentials(address: StreamAddress): string {
  const url = checkStreamUrl(address.url);
  if (address.username === undefined && address.password === undefined) return url;
  const password = address.password === undefined ? "" : `:${encode(address.password)}`;
  return url.replace("//", `//${encode(address.username ?? "")}${password}@`);
}

/** Percent-encodes everything that is not plainly a letter, a digit or one of `-_.~`. */
function encode(text: string): string {
  try {
    return encodeURIComponent(text).replace(/[!'()*]/g, percent);
  } catch {
    throw new LimenError("LIMEN_CONFIG_INVALID", "The camera's user name or password is not valid text.");
  }
}

function percent(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;
}

function hasControlCharacter(text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code < 0x20 || code === 0x7f) return true;
  }
  return false;
}

function invalid(what: string): LimenError {
  return new LimenError("LIMEN_CONFIG_INVALID", `The camera's url ${what}.`, {
    hint: "Write it like rtsp://192.0.2.10:554/stream2, and the credentials under username and password.",
  });
}
