/** A token bucket as data: `tokens` were there at `atMs` (monotonic). */
export interface Bucket {
  readonly tokens: number;
  readonly atMs: number;
}

export interface BucketRule {
  /** Tokens a full bucket holds: the burst allowed at once. */
  readonly capacity: number;
  /** One token comes back each so many ms. */
  readonly refillEveryMs: number;
}

export function fullBucket(rule: BucketRule, atMs: number): Bucket {
  return { tokens: rule.capacity, atMs };
}

/** Tokens there now. A clock that went backwards adds nothing. */
export function tokensAt(bucket: Bucket, rule: BucketRule, nowMs: number): number {
  const gained = Math.max(0, nowMs - bucket.atMs) / rule.refillEveryMs;
  return Math.min(rule.capacity, bucket.tokens + gained);
}

/** Takes one token; null when there is none. */
export function takeToken(bucket: Bucket, rule: BucketRule, nowMs: number): Bucket | null {
  const tokens = tokensAt(bucket, rule, nowMs);
  return tokens >= 1 ? { tokens: tokens - 1, atMs: Math.max(nowMs, bucket.atMs) } : null;
}

/** How often one visit may be searched. */
export interface SearchBudget {
  readonly burst: BucketRule;
  /** Searches in one visit, at most. */
  readonly maxSearches: number;
  /** While a second factor is awaited. */
  readonly whileAsked: AskedBudget;
}

/** Searches that keep the evidence fresh until somebody has answered. */
export interface AskedBudget {
  /** Until the answer; null = not at all. */
  readonly waiting: BucketRule | null;
  /** Once it was yes, as fast as a new visit, so many times at most. */
  readonly onceConfirmed: number;
}

/**
 * Local engine: three searches at once (two must agree, one may fail), then one each 300 ms, 20 in all. The burst is what lets
 * a person in within half a second; the refill is what keeps a loiterer cheap.
 */
export const LOCAL_SEARCH_BUDGET: SearchBudget = {
  burst: { capacity: 3, refillEveryMs: 300 },
  maxSearches: 20,
  // Two of three pictures always lie within 2 s of each other.
  whileAsked: { waiting: { capacity: 1, refillEveryMs: 600 }, onceConfirmed: 10 },
};

/** An engine on the network, paid by the call: one search, then one a second, three in all; three more after a confirmation. */
export const NETWORK_SEARCH_BUDGET: SearchBudget = {
  burst: { capacity: 1, refillEveryMs: 1000 },
  maxSearches: 3,
  whileAsked: { waiting: null, onceConfirmed: 3 },
};

/**
 * What one face may cost at an engine that is paid by the call, over all its visits until it is forgotten. A stranger who stands at
 * the door, turns away and comes back is one face.
 */
export const CALLS_A_FACE = {
  most: NETWORK_SEARCH_BUDGET.maxSearches,
  everyMs: NETWORK_SEARCH_BUDGET.burst.refillEveryMs,
};

/** Openings of one door: six at once (a family arriving), then one each 5 s. */
export const DOOR_OPENINGS: BucketRule = { capacity: 6, refillEveryMs: 5000 };
