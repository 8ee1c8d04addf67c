import { LimenError } from "#errors";
import type { Clock } from "#ports/clock";

/** Things to release, in reverse order of their opening; one that fails to close does not keep the others open. */
export interface ClosingStack extends AsyncDisposable {
  /** Takes over something opened; returns it. */
  own<T extends AsyncDisposable>(resource: T): T;
  /** Runs at closing time. */
  defer(close: () => PromiseLike<void> | void): void;
}

export function createClosingStack(onFault: (error: unknown) => void): ClosingStack {
  const closers: (() => PromiseLike<void> | void)[] = [];
  const defer = (close: () => PromiseLike<void> | void): void => {
    closers.push(close);
  };
  return {
    own(resource) {
      defer(() => resource[Symbol.asyncDispose]());
      return resource;
    },
    defer,
    async [Symbol.asyncDispose]() {
      for (let close = closers.pop(); close !== undefined; close = closers.pop()) {
        try {
          await close();
        } catch (error) {
          onFault(error);
        }
      }
    },
  };
}

/** Waits for `work`, at most `ms`. Throws LIMEN_STOP_DEADLINE when it was not done by then (it goes on unwatched). */
export async function withinDeadline(work: PromiseLike<void>, ms: number, clock: Clock): Promise<void> {
  const timer = new AbortController();
  const late = clock.sleep(ms, timer.signal).then(
    () => {
      throw new LimenError("LIMEN_STOP_DEADLINE", `not everything had stopped after ${ms / 1000} s`);
    },
    () => {},
  );
  try {
    await Promise.race([work, late]);
  } finally {
    timer.abort();
  }
}
