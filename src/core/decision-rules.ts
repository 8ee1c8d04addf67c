/** How much agreement names somebody. */
export interface AgreementRules {
  /** The same person must be first and strong in `agree` of the newest `of` evidence frames. */
  readonly agree: number;
  readonly of: number;
  /** Those frames must lie within so many ms of the newest. */
  readonly windowMs: number;
  /** Smallest distance to the best other person, API score. */
  readonly margin: number;
  /** So much over the threshold must a borderline frame be, API score. */
  readonly borderlineExtra: number;
}

/** The agreement that names a person. */
export type RulesOf = (personId: string) => AgreementRules;

/** What a door says to somebody who only walks past or away: `required` opens for those who come or stand. */
export const INTENT_RULES = ["required", "off"] as const;
/** What a door says to a person it knows who is not alone: `notify` lets them in and tells, `deny` waits, then refuses. */
export const COMPANY_RULES = ["ignore", "notify", "deny"] as const;

/** The numbers of a decision, and what is asked of whoever is recognised. */
export interface DecisionRules extends AgreementRules {
  /** A visit tried for so long without a grant is refused, ms. */
  readonly patienceMs: number;
  /** Oldest newest-evidence a grant may rest on, ms. */
  readonly maxDecisionAgeMs: number;
  readonly intent: (typeof INTENT_RULES)[number];
  readonly company: (typeof COMPANY_RULES)[number];
}

export const DEFAULT_DECISION_RULES: DecisionRules = {
  agree: 2,
  of: 3,
  windowMs: 2000,
  margin: 0.06,
  borderlineExtra: 0.02,
  patienceMs: 3000,
  maxDecisionAgeMs: 2000,
  intent: "required",
  company: "notify",
};

/** Somebody who looks much like somebody else enrolled needs more: at least so much agreement, and so many times the margins. */
const LOOK_ALIKE = { agree: 3, of: 4, marginTimes: 2 } as const;

/** The rules for somebody with a look-alike: never less than what holds for everybody. */
export function stricter(rules: AgreementRules): AgreementRules {
  return {
    agree: Math.max(rules.agree, LOOK_ALIKE.agree),
    of: Math.max(rules.of, LOOK_ALIKE.of),
    windowMs: rules.windowMs,
    margin: rules.margin * LOOK_ALIKE.marginTimes,
    borderlineExtra: rules.borderlineExtra * LOOK_ALIKE.marginTimes,
  };
}
