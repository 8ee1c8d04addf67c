import type { Instant } from "#core/instant";

/** The spans in which calls to a paid engine are counted, shortest first. */
export const SPANS = ["minute", "day", "month"] as const;
export type Span = (typeof SPANS)[number];

/** Calls in each span, at most; null = as many as it takes. */
export type SpendCaps = Readonly<Record<Span, number | null>>;
export type SpendCounts = Readonly<Record<Span, number>>;
/** Which minute, day and month: `2026-01-15T12:30Z`, `2026-01-15`, `2026-01`. */
export type SpendPeriods = Readonly<Record<Span, string>>;

/**
 * The spans an instant lies in. Days and months are the site's own, as on the bill; minutes are UTC's, because an hour that comes
 * twice in autumn would lend its count to another. Throws RangeError for a time zone nobody knows.
 */
export function periodsAt(at: Instant, timeZone: string): SpendPeriods {
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone,
    calendar: "gregory",
    numberingSystem: "latn",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
  });
  const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, value]));
  const month = `${parts.get("year")}-${parts.get("month")}`;
  return { minute: `${new Date(at).toISOString().slice(0, 16)}Z`, day: `${month}-${parts.get("day")}`, month };
}

/** The longest span whose cap leaves no room for one call more; null when there is room in all of them. */
export function capReached(counts: SpendCounts, caps: SpendCaps): Span | null {
  return SPANS.findLast((span) => counts[span] >= (caps[span] ?? Number.POSITIVE_INFINITY)) ?? null;
}
