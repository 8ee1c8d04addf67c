import { SAME_PERSON_SCORE } from "#core/score";

/**
 * How high a score must be for a gallery of this size. Among N strangers' templates the best impostor grows with log N, so a
 * fixed threshold gets weaker with every person enrolled. Base 0.83 (cosine 0.55) and 0.02 API score a decade hold until the
 * site has been calibrated: a fixed cosine of 0.50 let 1 of about 130 strangers past 45 enrolled people in an independent trial.
 */
export interface ThresholdRule {
  /** The operator's own floor, API score; null = automatic alone. */
  readonly configuredMin: number | null;
  readonly base: number;
  readonly slopePerDecade: number;
}

export const DEFAULT_THRESHOLD: ThresholdRule = { configuredMin: null, base: 0.83, slopePerDecade: 0.02 };

/** What a kept floor that cannot be read counts as, API score: nobody gets in by a broken file. */
export const UNREADABLE_MIN = 1;

/** The operator's floor where somebody asked for a higher one since; null = neither says any. API scores. */
export function highestMin(configured: number | null, asked: number | null): number | null {
  if (configured === null || asked === null) return configured ?? asked;
  return Math.max(configured, asked);
}

/** What the site's own gallery was measured to need (`limen calibrate --apply`). */
export interface CalibratedThreshold {
  /** API score for … */
  readonly score: number;
  /** … so many people; with fewer it stays, with more it rises. */
  readonly people: number;
  readonly slopePerDecade: number;
}

/**
 * Threshold (API score) for `persons` people in the searched collection: the calibrated one where there is one, else the safe default.
 * Never below the configured minimum, nor, calibrated, below the model's same-person score.
 */
export function thresholdFor(
  persons: number,
  rule: ThresholdRule,
  calibrated: CalibratedThreshold | null = null,
): number {
  const automatic =
    calibrated === null
      ? rule.base + rule.slopePerDecade * Math.log10(Math.max(persons, 10) / 10)
      : Math.max(
          SAME_PERSON_SCORE,
          calibrated.score + calibrated.slopePerDecade * Math.log10(Math.max(1, persons / calibrated.people)),
        );
  return Math.min(1, Math.max(rule.configuredMin ?? 0, automatic));
}
