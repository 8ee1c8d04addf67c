import { ApiError } from "#adapters/http/api-error";

export interface Ends {
  /** The server stops. */
  readonly stop: AbortSignal;
  /** The client went away. */
  readonly request: AbortSignal;
  readonly ms: number;
}

/**
 * Runs work until it is done, its time is over, its client is gone or the server stops. Work that does not hear the signal goes on
 * unheard, in the place it holds. Rejects with 503.
 */
export async function withDeadline<T>(ends: Ends, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const end = (code: string, why: string) => () =>
    controller.abort(new ApiError(503, code, why, { retryAfterSeconds: 2 }));
  const onStop = end("stopping", "Limen is stopping");
  const onGone = end("client_gone", "the client went away");
  const timer = setTimeout(end("deadline", `the request took over ${ends.ms} ms`), ends.ms);
  const ended = new Promise<never>((_, reject) => {
    controller.signal.addEventListener("abort", () => reject(controller.signal.reason), { once: true });
  });
  ends.stop.addEventListener("abort", onStop);
  ends.request.addEventListener("abort", onGone);
  try {
    if (ends.stop.aborted) onStop();
    if (ends.request.aborted) onGone();
    return await Promise.race([ended, work(controller.signal)]);
  } finally {
    clearTimeout(timer);
    ends.stop.removeEventListener("abort", onStop);
    ends.request.removeEventListener("abort", onGone);
  }
}
