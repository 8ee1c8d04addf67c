declare const wallClock: unique symbol;

/** Milliseconds since 1970-01-01T00:00Z on the wall clock: for records and schedules, never for ages or deadlines. */
export type Instant = number & { readonly [wallClock]: true };

/** Both clocks at one moment: monotonic ms for ages and deadlines, the wall clock for records. */
export interface Now {
  readonly nowMs: number;
  readonly now: Instant;
}

export function instant(epochMs: number): Instant {
  return epochMs as Instant;
}

/** ISO 8601 in UTC with milliseconds. */
export function isoOf(at: Instant): string {
  return new Date(at).toISOString();
}
