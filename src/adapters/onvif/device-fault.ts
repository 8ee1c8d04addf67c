import { type ErrorCode, LimenError } from "#errors";

/** Everything known about a question that got no good answer. */
export interface DeviceFault {
  readonly camera: string;
  /** What the `onvif` package or the network said. */
  readonly words: string;
  /** Network error code, such as ECONNREFUSED. */
  readonly network: string | null;
  /** Of the last HTTP answer; null when there was none. */
  readonly status: number | null;
  /** Its body. Hostile text: only looked through. */
  readonly body: string;
  /** How far the camera's clock is ahead of ours; null when unknown. */
  readonly skewMs: number | null;
  readonly hasCredentials: boolean;
}

/** ONVIF devices accept a login made up to five minutes ago by their own clock. */
const CLOCK_TOLERANCE_MS = 5 * 60_000;
const MOST_LOOKED_AT = 16 * 1024;

const LOCKED = /lockStatus>\s*lock<|\b(?:locked|lock-?out|blocked)\b|too many (?:failed|login|attempts|invalid)/i;
const EXPIRED =
  /MessageExpired|timestamp[^<]{0,40}(?:expired|invalid|too old)|(?:clock|time)[^<]{0,20}(?:skew|out of sync)/i;
const REFUSED =
  /not\s?authori[sz]ed|unauthori[sz]ed|FailedAuthentication|InvalidSecurity(?:Token)?|Digest authentication|authority failure|wrong (?:user|password)/i;
const UNREACHABLE = [
  "ECONNREFUSED",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "EHOSTDOWN",
  "ENOTFOUND",
  "EAI_AGAIN",
  "ETIMEDOUT",
  "EADDRNOTAVAIL",
];

/** Why a camera did not answer as it should, told apart by what can be done about it. */
export function readFault(fault: DeviceFault): LimenError {
  const name = `Camera ${fault.camera}`;
  const body = fault.body.slice(0, MOST_LOOKED_AT);
  const said = `${fault.words} ${body}`;
  // A web page may speak of anything; only who refuses can have locked something.
  if ((isRefusal(fault.status) || /SOAP Fault/.test(fault.words)) && LOCKED.test(said)) {
    return problem("LIMEN_CAMERA_LOCKED", `${name} has locked the account after wrong passwords`, LOCKED_HINT);
  }
  if (fault.status === 401 || fault.status === 403 || REFUSED.test(said) || EXPIRED.test(said)) {
    return refusal(name, fault, EXPIRED.test(said));
  }
  if (fault.network !== null && UNREACHABLE.includes(fault.network)) {
    return problem("LIMEN_CAMERA_UNREACHABLE", `${name} cannot be reached (${fault.network})`, UNREACHABLE_HINT);
  }
  if (fault.status === null && /timeout|socket hang up|reset/i.test(`${fault.words} ${fault.network ?? ""}`)) {
    return problem(
      "LIMEN_CAMERA_UNREACHABLE",
      `${name} took the question and did not answer in time`,
      UNREACHABLE_HINT,
    );
  }
  return problem("LIMEN_CAMERA_NOT_ONVIF", `${name} does not answer as an ONVIF camera`, NOT_ONVIF_HINT);
}

function isRefusal(status: number | null): boolean {
  return status !== null && [400, 401, 403, 423, 429, 500].includes(status);
}

function refusal(name: string, { skewMs, hasCredentials }: DeviceFault, expired: boolean): LimenError {
  if (!hasCredentials) {
    return problem(
      "LIMEN_CAMERA_AUTH",
      `${name} wants a user name and password`,
      "Give it username and password in the configuration.",
    );
  }
  if (expired || (skewMs !== null && Math.abs(skewMs) > CLOCK_TOLERANCE_MS)) {
    const off = skewMs === null ? "is wrong" : `is ${durationOf(Math.abs(skewMs))} ${skewMs > 0 ? "ahead" : "behind"}`;
    return problem("LIMEN_CAMERA_CLOCK", `${name} refused the login, and its clock ${off}`, CLOCK_HINT);
  }
  return problem("LIMEN_CAMERA_AUTH", `${name} refused the user name or password`, AUTH_HINT);
}

/** A camera that answers, and has nothing to look at. */
export function noMedia(camera: string, why: string): LimenError {
  return problem("LIMEN_CAMERA_NO_MEDIA", `Camera ${camera} ${why}`, NO_MEDIA_HINT);
}

export function notThere(camera: string): LimenError {
  return problem(
    "LIMEN_CAMERA_UNREACHABLE",
    `Camera ${camera} did not answer the search of the network`,
    NOT_THERE_HINT,
  );
}

const AUTH_HINT =
  "Correct username and password: many cameras have ONVIF accounts of their own beside those of the web page, and some take no letters beyond ASCII in a password.";
const LOCKED_HINT =
  "Wait until the camera opens the account again (often half an hour), or restart it; correct the password before.";
const CLOCK_HINT =
  "Set the camera's clock, best by NTP: a login is judged by the time it was made. If the clock is right, correct the password.";
const NO_MEDIA_HINT =
  "Switch a H.264 or H.265 stream on in the camera's settings, or give its stream address as rtsp: instead of onvif:.";
const UNREACHABLE_HINT = "Check that the camera is on, its address and port, and that this machine is on its network.";
const NOT_ONVIF_HINT =
  "Switch ONVIF on in the camera's settings and check the port (often 80, 8000, 8080 or 8899); or give its stream address as rtsp: instead.";
const NOT_THERE_HINT =
  "Check that it is on and in this network (a search does not cross routers or VLANs) and that its discovery is switched on; or give its address instead of its urn:uuid.";

function problem(code: ErrorCode, what: string, hint: string): LimenError {
  return new LimenError(code, `${what}.`, { hint });
}

function durationOf(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  if (minutes < 120) return `${minutes} min`;
  return minutes < 2880 ? `${Math.round(minutes / 60)} h` : `${Math.round(minutes / 1440)} days`;
}
