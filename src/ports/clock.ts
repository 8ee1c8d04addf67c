import type { Instant } from "#core/instant";

export interface Clock {
  /** Wall time, for records and schedules. */
  now(): Instant;
  /** Milliseconds on a clock that never jumps (shared by all processes of one boot), for ages and deadlines. */
  monotonicMs(): number;
  /** Resolves after `ms`; rejects with the signal's reason when aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}
