/** How much agreement names somebody. */
export interface AgreementRules {
  /** The same person must be first and strong in `agree` of the newest `of` evidence frames. */
  readonly agree: number;
  readonly of: number;
  /** Those frames must lie within so many ms of the newest. */
  readonly windowMs: number;
  /** Smallest distance to the best other person, API score. */
  readonly margin: number;
}

/** The numbers of a decision. */
export interface DecisionRules extends AgreementRules {
  /** A visit tried for so long without a grant is refused, ms. */
  readonly patienceMs: number;
  /** Oldest newest-evidence a grant may rest on, ms. */
  readonly maxDecisionAgeMs: number;
}

export const DEFAULT_DECISION_RULES: DecisionRules = {
  agree: 2,
  of: 3,
  windowMs: 2000,
  margin: 0.06,
  patienceMs: 3000,
  maxDecisionAgeMs: 2000,
};

/** Somebody who looks much like somebody else enrolled needs more: at least so much agreement, and so many times the margin. */
const LOOK_ALIKE = { agree: 3, of: 4, marginTimes: 2 } as const;

/** The rules for somebody with a look-alike: never less than what holds for everybody. */
export function stricter(rules: AgreementRules): AgreementRules {
  return {
    agree: Math.max(rules.agree, LOOK_ALIKE.agree),
    of: Math.max(rules.of, LOOK_ALIKE.of),
    windowMs: rules.windowMs,
    margin: rules.margin * LOOK_ALIKE.marginTimes,
  };
}
