import type { DecisionRecord } from "#core/decision-record";

/** What a person says of a decision afterwards; `unclear` takes back what was said before. */
export const LABELS = ["right", "wrong", "unclear"] as const;
export type Label = (typeof LABELS)[number];

/** Labelled decisions of one door. Who should pass and did, who should not and did, and so on. */
export interface ArmingTally {
  readonly grants: number;
  readonly denials: number;
  readonly rightGrants: number;
  /** Somebody was let in (or would have been) who should not, or as somebody else. */
  readonly wrongGrants: number;
  readonly rightDenials: number;
  /** Somebody who should pass was refused. */
  readonly wrongDenials: number;
}

export function tallyOf(
  decisions: readonly { record: Pick<DecisionRecord, "result">; label: Label | null }[],
): ArmingTally {
  const count = (result: "grant" | "deny", label?: Label): number =>
    decisions.filter((d) => d.record.result === result && (label === undefined || d.label === label)).length;
  return {
    grants: count("grant"),
    denials: count("deny"),
    rightGrants: count("grant", "right"),
    wrongGrants: count("grant", "wrong"),
    rightDenials: count("deny", "right"),
    wrongDenials: count("deny", "wrong"),
  };
}

const DOUBT = 0.05;

/** Probability of at most `events` in `trials` when each has probability `p`. */
function atMost(events: number, trials: number, p: number): number {
  let term = (1 - p) ** trials;
  let sum = term;
  for (let k = 1; k <= events; k++) {
    term *= ((trials - k + 1) / k) * (p / (1 - p));
    sum += term;
  }
  return sum;
}

/**
 * Upper end of the one-sided 95 % interval for a rate of which `events` were seen in `trials` (Clopper and Pearson, 1934); for none seen
 * it is the rule of three, about 3 / trials. 1 when there were no trials. Holds for independent trials only.
 */
export function upperBound(events: number, trials: number): number {
  if (events >= trials) return 1;
  let low = events / trials;
  let high = 1;
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (atMost(events, trials, middle) > DOUBT) low = middle;
    else high = middle;
  }
  return high;
}
