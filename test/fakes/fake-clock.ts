import { instant } from "#core/instant";
import type { Clock } from "#ports/clock";

interface Sleeper {
  readonly atMs: number;
  readonly wake: () => void;
}

/** A clock that moves only when told to. Both clocks start apart, so that mixing them up shows. */
export class FakeClock implements Clock {
  #monotonicMs = 50_000;
  #wallMs = Date.UTC(2026, 0, 15, 12);
  readonly #sleepers = new Set<Sleeper>();

  now() {
    return instant(this.#wallMs);
  }

  monotonicMs() {
    return this.#monotonicMs;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason);
        return;
      }
      const onAbort = (): void => {
        this.#sleepers.delete(sleeper);
        reject(signal?.reason);
      };
      const wake = (): void => {
        signal?.removeEventListener("abort", onAbort);
        resolve();
      };
      const sleeper = { atMs: this.#monotonicMs + ms, wake };
      this.#sleepers.add(sleeper);
      signal?.addEventListener("abort", onAbort, { once: true });
    });
  }

  /** Moves both clocks on, wakes whoever is due and lets their continuations run. */
  async advance(ms: number): Promise<void> {
    this.#monotonicMs += ms;
    this.#wallMs += ms;
    for (const sleeper of [...this.#sleepers].sort((a, b) => a.atMs - b.atMs)) {
      if (sleeper.atMs > this.#monotonicMs) continue;
      this.#sleepers.delete(sleeper);
      sleeper.wake();
      await flush();
    }
    await flush();
  }

  /** The wall clock alone jumps, as after an NTP step. */
  jumpWall(ms: number): void {
    this.#wallMs += ms;
  }
}

/** Lets everything that can go on without time passing go on. */
export async function flush(): Promise<void> {
  for (let i = 0; i < 20; i++) await Promise.resolve();
}
