/** Statuses after which the same search may be sent again: the engine was busy or away, and did nothing. */
const RETRYABLE = new Set([429, 502, 503, 504]);

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2000;
/** A pause the engine asks for is honoured up to here; beyond it somebody mistyped, and a door would stay shut for a day. */
const LONGEST_ASKED_MS = 60_000;

/** RFC 9110 5.6.7, the one form of date that may be sent today. */
const HTTP_DATE = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

export function isRetryable(status: number): boolean {
  return RETRYABLE.has(status);
}

/**
 * The pause a Retry-After header asks for (RFC 9110 10.2.3: seconds, or a date against `nowMs` of the wall clock), at most a
 * minute; a date that is over is 0, anything else null.
 */
export function askedPauseMs(header: unknown, nowMs: number): number | null {
  const text = typeof header === "string" ? header.trim() : "";
  const within = (ms: number): number => Math.min(LONGEST_ASKED_MS, Math.max(0, ms));
  if (/^\d{1,12}$/.test(text)) return within(Number(text) * 1000);
  const date = HTTP_DATE.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(date) ? null : within(date - nowMs);
}

/**
 * Our own pause after the `attempt`-th try (from 1): doubling, with full jitter so that many doors do not come back in step, and
 * never less than a quarter of the first. `random` is in [0, 1).
 */
export function backOffMs(attempt: number, random: number): number {
  const ceilingMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(attempt - 1, 20));
  return Math.max(FIRST_PAUSE_MS / 4, ceilingMs * random);
}
