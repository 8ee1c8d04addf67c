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
      throw new LimenError("LIMEN_STOP_DEADLINE", `not everything had stopped after ${Math.round(ms / 100) / 10} s`);
    },
    () => {},
  );
  try {
    await Promise.race([work, late]);
  } finally {
    timer.abort();
  }
}

/** Resolves when the signal aborts. */
function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

/**
 * Waits until `running` ends or the signal aborts. From then on `running` has half of `ms` to end, and closing what is left of it:
 * a loop that hangs keeps nothing else open. Throws what `running` threw, or LIMEN_STOP_DEADLINE.
 */
export async function stopInOrder(
  running: Promise<unknown>,
  closing: AsyncDisposable,
  { signal, ms, clock }: { readonly signal: AbortSignal; readonly ms: number; readonly clock: Clock },
): Promise<void> {
  await Promise.race([running, aborted(signal)]).catch(() => {});
  const sinceMs = clock.monotonicMs();
  try {
    await withinDeadline(
      running.then(() => {}),
      ms / 2,
      clock,
    );
  } finally {
    await withinDeadline(closing[Symbol.asyncDispose](), ms - (clock.monotonicMs() - sinceMs), clock);
  }
}
