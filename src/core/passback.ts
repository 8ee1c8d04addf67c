import type { Instant } from "#core/instant";

/** `soft` lets somebody in a second time and notes it; `hard` refuses. */
export const PASSBACK_MODES = ["off", "soft", "hard"] as const;

/** What the configuration says of one door and the areas behind it. */
export interface PassbackPolicy {
  readonly mode: (typeof PASSBACK_MODES)[number];
  /** A stay that began so long ago is forgotten, ms. */
  readonly resetMs: number;
  /** Area that people are in once they have passed this door; null = none. */
  readonly enters: string | null;
  /** Area that they are no longer in. */
  readonly leaves: string | null;
}

export const NO_PASSBACK: PassbackPolicy = { mode: "off", resetMs: 43_200_000, enters: null, leaves: null };

/** A person who passed into an area and has not left it by a door of Limen's. */
export interface Stay {
  readonly personId: string;
  readonly area: string;
  /** Wall clock, because it is kept over restarts. */
  readonly since: Instant;
}

/**
 * True when the person is already where this door leads. A stay that began in the future (the clock was set back) counts, and by a
 * clock that is not trusted (null) no stay is over. Nobody is ever inside for a door that only leads out: a way out is refused to
 * nobody because of a way in that was not seen.
 */
export function isInside(
  { enters, resetMs }: PassbackPolicy,
  stays: readonly Stay[],
  personId: string | undefined,
  at: Instant | null,
): boolean {
  const holds = ({ since }: Stay): boolean => at === null || at - since < resetMs;
  return stays.some((stay) => stay.personId === personId && stay.area === enters && holds(stay));
}

/** The stays that no door counts any more, and that need not be kept. */
export function forgottenOf(policies: readonly PassbackPolicy[], stays: readonly Stay[], at: Instant): Stay[] {
  return stays.filter(
    ({ personId, area, since }) =>
      !policies.some((policy) => policy.mode !== "off" && isInside(policy, [{ personId, area, since }], personId, at)),
  );
}

/** What a person's passing this door changes: the stay that begins and the area whose stay ends, null where there is none. */
export function passageOf(policy: PassbackPolicy, personId: string, at: Instant) {
  const begins: Stay | null =
    policy.enters === null || policy.mode === "off" ? null : { personId, area: policy.enters, since: at };
  return { begins, leaves: policy.leaves } as const;
}
