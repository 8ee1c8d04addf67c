import type { FfmpegExit } from "#adapters/ffmpeg/child";
import type { StreamVerdict } from "#adapters/ffmpeg/stream-watch";
import { type ErrorCode, LimenError } from "#errors";

interface Complaint {
  readonly pattern: RegExp;
  readonly code: ErrorCode;
  readonly what: string;
  readonly hint: string;
}

const UNREACHABLE_HINT = "Check that the camera is on, its address and port, and that this machine is on its network.";
const SILENT_HINT = "Check that the camera really sends video on this path and is not at its limit of viewers.";

/** ffmpeg's words for why a camera cannot be opened (5.1, checked against a real RTSP server), first match wins. */
const COMPLAINTS: readonly Complaint[] = [
  {
    pattern: /Unauthorized|Forbidden|authorization failed/i,
    code: "LIMEN_CAMERA_AUTH",
    what: "refused the user name or password",
    hint: "Correct username and password; after a few tries the next ones are minutes off, so that the camera does not lock the account.",
  },
  {
    pattern: /Not Found/,
    code: "LIMEN_CAMERA_NOT_FOUND",
    what: "has no stream at this path",
    hint: "Check the path of the url; every maker has its own (the camera's manual or its ONVIF answer names it).",
  },
  {
    pattern: /Connection refused|No route to host|Network is unreachable|Host is down|Connection timed out/i,
    code: "LIMEN_CAMERA_UNREACHABLE",
    what: "cannot be reached",
    hint: UNREACHABLE_HINT,
  },
  {
    pattern: /Failed to resolve hostname|Name or service not known|Temporary failure in name resolution/i,
    code: "LIMEN_CAMERA_UNREACHABLE",
    what: "has a name that does not resolve to an address",
    hint: "Check the host in the url, or use the camera's IP address.",
  },
  {
    // Also what ffmpeg says when nobody answers within its I/O timeout.
    pattern: /Invalid data found when processing input/,
    code: "LIMEN_CAMERA_SILENT",
    what: "accepted the connection but sent nothing that is video",
    hint: SILENT_HINT,
  },
];

/** A camera that did not even accept a connection. */
export function unreachable(camera: string, cause: Error): LimenError {
  const what = `Camera ${camera} cannot be reached.`;
  return new LimenError("LIMEN_CAMERA_UNREACHABLE", what, { hint: UNREACHABLE_HINT, cause });
}

/** Why one attempt at a camera's stream is over, as the error its health and the log show. The texts come redacted. */
export function streamFailure(
  camera: string,
  how: { verdict: StreamVerdict; hadFrames: boolean; exit: FfmpegExit },
): LimenError {
  const name = `Camera ${camera}`;
  const because = (code: ErrorCode, what: string, hint: string) =>
    new LimenError(code, `${name} ${what}.`, { hint, cause: lastWords(how.exit) });

  switch (how.verdict) {
    case "silent":
      return because("LIMEN_CAMERA_SILENT", "accepted the connection but sent no picture in time", SILENT_HINT);
    case "stalled":
      return because("LIMEN_CAMERA_STALLED", "stopped sending pictures", UNREACHABLE_HINT);
    case "runaway":
      return because("LIMEN_CAMERA_FAILED", "sent far more frames than it can have taken", "Restart the camera.");
    case "fine":
      break;
  }
  if (how.exit.notStarted !== null) {
    const what = `cannot be read: ffmpeg did not start (${how.exit.notStarted})`;
    return because(
      "LIMEN_FFMPEG_FAILED",
      what,
      "Check that ffmpeg is still installed and this machine is not overloaded.",
    );
  }
  const words = how.exit.stderr.join("\n");
  const complaint = how.hadFrames ? undefined : COMPLAINTS.find(({ pattern }) => pattern.test(words));
  if (complaint !== undefined) return because(complaint.code, complaint.what, complaint.hint);
  if (how.hadFrames || how.exit.code === 0) {
    return because(
      "LIMEN_CAMERA_ENDED",
      "ended its stream",
      "Nothing, if it was restarted; it is tried again by itself.",
    );
  }
  return because(
    "LIMEN_CAMERA_FAILED",
    `cannot be read${how.exit.stderr.length === 0 ? "" : ` (ffmpeg: ${how.exit.stderr.slice(-2).join(" | ")})`}`,
    "Read ffmpeg's words; try the url in another player.",
  );
}

function lastWords(exit: FfmpegExit): Error {
  return new Error(`ffmpeg ended: code ${exit.code}, signal ${exit.signal}: ${exit.stderr.slice(-5).join(" | ")}`);
}
