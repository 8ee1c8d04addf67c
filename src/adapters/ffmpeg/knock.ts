import { connect } from "node:net";
import { checkStreamUrl } from "#adapters/ffmpeg/stream-url";

/** Long enough for three SYNs, short enough that a camera which returns meanwhile is not kept waiting. */
const WITHIN_MS = 4_000;
/** RFC 7826 §22.2; ffmpeg's own defaults. */
const DEFAULT_PORT = { "rtsp:": 554, "rtsps:": 322 } as const;

/**
 * Whether anything accepts a TCP connection where a camera's stream is said to be; nothing is sent. Starting ffmpeg to
 * find that out costs 75 ms of CPU each time, this next to nothing, which matters for a camera that is away for a week.
 * Resolves null when something does, else the reason; rejects with the signal's reason when aborted, and with
 * LIMEN_CONFIG_INVALID for an address that is none.
 */
export async function knock(streamUrl: string, signal: AbortSignal): Promise<Error | null> {
  const url = new URL(checkStreamUrl(streamUrl));
  const port = url.port === "" ? DEFAULT_PORT[url.protocol === "rtsps:" ? "rtsps:" : "rtsp:"] : Number(url.port);
  const host = url.hostname.replace(/^\[|\]$/g, "");
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port });
    const over = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", onAbort);
      socket.destroy();
    };
    const answer = (fault: Error | null) => {
      over();
      resolve(fault);
    };
    const onAbort = () => {
      over();
      reject(signal.reason);
    };
    const timer = setTimeout(() => answer(new Error(`no answer within ${WITHIN_MS} ms`)), WITHIN_MS);
    signal.addEventListener("abort", onAbort);
    // Stays attached: a destroyed socket may still complain.
    socket.on("error", answer);
    socket.once("connect", () => answer(null));
    if (signal.aborted) onAbort();
  });
}
