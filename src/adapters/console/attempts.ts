import { instant } from "#core/instant";
import { type BucketRule, takeToken, tokensAt } from "#core/throttle";
import type { AccountStore } from "#ports/account-store";
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

/** What no address can be. */
const EVERYBODY = "*";

export interface AttemptLimit {
  /** Counts a try; null when it may be made, else the seconds until the next one may. Throws LIMEN_STORE_*: then it may not. */
  spend(source: string): Promise<number | null>;
  /** The right password was given: the source starts afresh. */
  forgive(source: string): Promise<void>;
}

/** Limits how often a password may be tried, for each address and for all together; a restart gives nobody new tries. */
export function createAttemptLimit(
  store: Pick<AccountStore, "attempts" | "keepAttempts" | "forgetAttempts">,
  clock: Clock,
  rules = ATTEMPT_RULES,
): AttemptLimit {
  const { perSource, everybody, sources } = rules;
  /** Tries are counted one after the other: two at once must not both take the last token. */
  let last: Promise<unknown> = Promise.resolve();

  const bucketOf = async (source: string, rule: BucketRule) => {
    const kept = await store.attempts(source);
    return kept === null ? { tokens: rule.capacity, atMs: clock.now() } : { tokens: kept.tokens, atMs: kept.at };
  };
  const waitFor = (tokens: number, rule: BucketRule): number =>
    Math.max(1, Math.ceil(((1 - tokens) * rule.refillEveryMs) / 1000));

  const spend = async (source: string): Promise<number | null> => {
    const at = clock.now();
    const own = await bucketOf(source, perSource);
    const ownLeft = takeToken(own, perSource, at);
    if (ownLeft === null) return waitFor(tokensAt(own, perSource, at), perSource);
    const all = await bucketOf(EVERYBODY, everybody);
    const allLeft = takeToken(all, everybody, at);
    if (allLeft === null) return waitFor(tokensAt(all, everybody, at), everybody);
    // The shared one last: it is then the newest, and stays when the oldest are forgotten.
    await store.keepAttempts({ source, tokens: ownLeft.tokens, at: instant(ownLeft.atMs) }, sources + 1);
    await store.keepAttempts({ source: EVERYBODY, tokens: allLeft.tokens, at: instant(allLeft.atMs) }, sources + 1);
    return null;
  };

  return {
    spend(source) {
      const turn = last.then(() => spend(source));
      last = turn.catch(() => {});
      return turn;
    },
    forgive: (source) => store.forgetAttempts(source),
  };
}
