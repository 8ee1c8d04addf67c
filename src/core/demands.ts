import type { Engine } from "#core/candidate";
import { type RulesOf, stricter } from "#core/decision-rules";
import type { DoorPolicy, PersonFacts } from "#core/policy";
import type { Thresholds } from "#core/support";
import { type CalibratedThreshold, thresholdFor } from "#core/threshold";

/** What a policy asks of evidence, given who is enrolled. */

/** Whoever has a look-alike among the people enrolled is on stricter rules. Somebody of whom no facts are known is refused later anyway. */
export function rulesFor({ rules }: DoorPolicy, people: readonly PersonFacts[]): RulesOf {
  return (personId) => (people.some(({ id, lookAlike }) => id === personId && lookAlike) ? stricter(rules) : rules);
}

/** The API scores that count for this door and these galleries. */
export function thresholdsOf(
  { thresholds }: DoorPolicy,
  sizes: Readonly<Record<Engine, number>>,
  calibrated: CalibratedThreshold | null,
): Thresholds {
  return {
    local: thresholdFor(sizes.local, thresholds.local, calibrated),
    verifik: thresholdFor(sizes.verifik, thresholds.verifik),
  };
}
