import { ApiError } from "#adapters/http/api-error";

export interface Lane {
  /** Takes one of the places in the house; give it back when the request is answered. Throws 429 when all are taken. */
  enter(): Disposable;
  /** Runs work on pictures, a few at a time and in order of arrival; rejects with the signal's reason while still waiting. */
  run<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T>;
}

/** Bounds what requests cost at once: places for bodies in memory, and turns for the models the doors need as well. */
export function createLane(limits: { requests: number; working: number }): Lane {
  let inside = 0;
  let working = 0;
  const waiting: (() => void)[] = [];

  const turn = (signal: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      const go = () => {
        signal.removeEventListener("abort", leave);
        working++;
        resolve();
      };
      const leave = () => {
        waiting.splice(waiting.indexOf(go), 1);
        reject(signal.reason);
      };
      if (working < limits.working) {
        go();
        return;
      }
      waiting.push(go);
      signal.addEventListener("abort", leave, { once: true });
    });

  return {
    enter() {
      if (inside >= limits.requests) {
        throw new ApiError(429, "too_many_requests", "too many requests at once, try again in a second", {
          retryAfterSeconds: 1,
        });
      }
      inside++;
      let left = false;
      return {
        [Symbol.dispose]() {
          if (!left) inside--;
          left = true;
        },
      };
    },

    async run(signal, work) {
      signal.throwIfAborted();
      await turn(signal);
      try {
        return await work();
      } finally {
        working--;
        waiting.shift()?.();
      }
    },
  };
}
