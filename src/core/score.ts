/**
 * The published map between this engine's cosine and the search contract's score, where 0.81 means "same person".
 * Two straight lines that meet at the model's knee: below it 0.81/knee per unit (1.62 for the knee 0.50), above it 0.38.
 */
export const SAME_PERSON_SCORE = 0.81;
const SLOPE_ABOVE = 0.38;

/**
 * Cosine (−1..1) → API score (0..1), monotone. `knee` is the model's "same person" cosine from the manifest.
 * A cosine that is not a number becomes 0, so that it can never pass a threshold.
 */
export function scoreOfCosine(cosine: number, knee: number): number {
  if (!(cosine > 0)) return 0;
  const score =
    cosine <= knee ? (SAME_PERSON_SCORE / knee) * cosine : SAME_PERSON_SCORE + SLOPE_ABOVE * (cosine - knee);
  return Math.min(1, score);
}

/** Inverse of scoreOfCosine on 0..1; used to turn a score floor into a cosine floor for the scan. */
export function cosineOfScore(score: number, knee: number): number {
  if (!(score > 0)) return 0;
  return score <= SAME_PERSON_SCORE
    ? (score * knee) / SAME_PERSON_SCORE
    : Math.min(1, knee + (score - SAME_PERSON_SCORE) / SLOPE_ABOVE);
}
