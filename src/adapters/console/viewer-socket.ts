import type { WebSocket } from "ws";
import type { LiveNews, LiveRoom } from "#adapters/console/live-room";
import type { ConsoleCamera, ConsoleOptions } from "#adapters/console/parts";

/** More than this not yet sent: pieces are left out until it is less. */
const MAX_WAITING_BYTES = 1024 * 1024;
/** A viewer that is behind for so long is let go. */
const LONGEST_BEHIND_MS = 5000;
const PING_MS = 15_000;
/** WebSocket close codes: the session is over (ours), try again later. */
const SESSION_OVER = 4401;
const TOO_SLOW = 1013;

/** Sends one signed-in page what a camera shows: video as binary messages, everything else as JSON texts. Ends with the session. */
export function serveViewer(
  socket: WebSocket,
  camera: ConsoleCamera,
  session: AbortSignal,
  parts: { room: LiveRoom } & Pick<ConsoleOptions, "clock" | "metrics">,
): void {
  const { room, clock, metrics } = parts;
  let behindSinceMs: number | null = null;
  let answered = true;

  const hasRoom = (): boolean => {
    if (socket.readyState !== socket.OPEN) return false;
    if (socket.bufferedAmount <= MAX_WAITING_BYTES) {
      behindSinceMs = null;
      return true;
    }
    metrics.count("limen_live_dropped_total", { camera: camera.id, where: "viewer" });
    const nowMs = clock.monotonicMs();
    behindSinceMs ??= nowMs;
    if (nowMs - behindSinceMs > LONGEST_BEHIND_MS) close(TOO_SLOW, "too slow");
    return false;
  };
  const tell = (news: LiveNews): void => {
    if (hasRoom()) socket.send(JSON.stringify(news));
  };
  const close = (code: number, why: string): void => {
    socket.close(code, why);
    // Whoever does not read does not answer the closing either.
    setTimeout(() => socket.terminate(), 1000).unref();
  };

  socket.on("error", () => socket.terminate());
  socket.on("pong", () => {
    answered = true;
  });
  const pinging = setInterval(() => {
    if (!answered) return socket.terminate();
    answered = false;
    socket.ping();
  }, PING_MS);
  const watching = room.watch(camera.id, tell);
  const viewing = camera.view?.join({
    video(chunk) {
      if (hasRoom()) socket.send(chunk, { binary: true });
    },
    trouble: (trouble) => tell({ kind: "trouble", trouble }),
  });
  const onSessionEnd = (): void => close(SESSION_OVER, "signed out");
  session.addEventListener("abort", onSessionEnd, { once: true });
  socket.once("close", () => {
    clearInterval(pinging);
    session.removeEventListener("abort", onSessionEnd);
    watching[Symbol.dispose]();
    viewing?.[Symbol.dispose]();
  });
}
