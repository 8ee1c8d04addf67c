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
