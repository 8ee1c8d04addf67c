import { type Bucket, type BucketRule, fullBucket, takeToken, tokensAt } from "#core/throttle";
import type { Clock } from "#ports/clock";

export interface AttemptRules {
  readonly perSource: BucketRule;
  readonly everybody: BucketRule;
  /** Sources remembered at once. */
  readonly sources: number;
}

/** Five tries, then one each 30 s; from everywhere together thirty, then one each 2 s. */
const ATTEMPT_RULES: AttemptRules = {
  perSource: { capacity: 5, refillEveryMs: 30_000 },
  everybody: { capacity: 30, refillEveryMs: 2000 },
  sources: 1024,
};

export interface AttemptLimit {
  /** Counts a try; null when it may be made, else the seconds until the next one may. */
  spend(source: string): number | null;
  /** The right password was given: the source starts afresh. */
  forgive(source: string): void;
}

/** Limits how often a password may be tried, for each address and for all together. */
export function createAttemptLimit(clock: Clock, rules = ATTEMPT_RULES): AttemptLimit {
  const { perSource, everybody } = rules;
  const buckets = new Map<string, Bucket>();
  let all = fullBucket(everybody, clock.monotonicMs());

  const waitFor = (bucket: Bucket, rule: BucketRule, nowMs: number): number =>
    Math.max(1, Math.ceil(((1 - tokensAt(bucket, rule, nowMs)) * rule.refillEveryMs) / 1000));

  return {
    spend(source) {
      const nowMs = clock.monotonicMs();
      const own = buckets.get(source) ?? fullBucket(perSource, nowMs);
      const ownLeft = takeToken(own, perSource, nowMs);
      if (ownLeft === null) return waitFor(own, perSource, nowMs);
      const allLeft = takeToken(all, everybody, nowMs);
      if (allLeft === null) return waitFor(all, everybody, nowMs);
      all = allLeft;
      // Put back at the end: the first is then the one that tried longest ago.
      buckets.delete(source);
      buckets.set(source, ownLeft);
      const [oldest] = buckets.keys();
      if (buckets.size > rules.sources && oldest !== undefined) buckets.delete(oldest);
      return null;
    },
    forgive(source) {
      buckets.delete(source);
    },
  };
}
