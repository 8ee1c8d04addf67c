import type { LimenError } from "#errors";
import type { Clock } from "#ports/clock";

export interface Deadline extends Disposable {
  /** Aborted when any of the given signals is (with its reason), or the time is up (with `late`). */
  readonly signal: AbortSignal;
  /** Ms left, never below 0. */
  leftMs(): number;
  /** Settles as `work` does, or rejects at once with the signal's reason. */
  within<T>(work: Promise<T>): Promise<T>;
}

/** One signal out of several and a time limit; disposing it takes every listener and the timer away again. */
export function openDeadline(options: {
  clock: Clock;
  timeoutMs: number;
  signals: readonly AbortSignal[];
  late: () => LimenError;
}): Deadline {
  const { clock } = options;
  const endMs = clock.monotonicMs() + options.timeoutMs;
  const joined = new AbortController();
  const over = new AbortController();
  for (const signal of options.signals) {
    const pass = (): void => joined.abort(signal.reason);
    if (signal.aborted) pass();
    else signal.addEventListener("abort", pass, { once: true, signal: over.signal });
  }
  clock.sleep(options.timeoutMs, over.signal).then(
    () => joined.abort(options.late()),
    () => {},
  );
  return {
    signal: joined.signal,
    leftMs: () => Math.max(0, endMs - clock.monotonicMs()),

    within(work) {
      return new Promise((resolve, reject) => {
        const stop = (): void => reject(joined.signal.reason);
        if (joined.signal.aborted) stop();
        joined.signal.addEventListener("abort", stop, { once: true });
        // Taken away with each piece of work: a search that is tried several times would gather listeners, and Node warns of that.
        const settled = (): void => joined.signal.removeEventListener("abort", stop);
        void work.then(resolve, reject).finally(settled);
      });
    },

    [Symbol.dispose]: () => over.abort(),
  };
}
