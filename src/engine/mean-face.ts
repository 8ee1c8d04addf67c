import { LOOK_ALIKE_SCORE } from "#core/enrolment";
import { cosineOfScore } from "#core/score";
import { MAX_RESULTS } from "#engine/kernel-layout";

/**
 * The mean of somebody's faces counts as one face more. What several pictures share is the person and what tells them apart is
 * light, turn and noise, so a weak picture of the person comes nearer to the mean than to any of them. It is computed at the
 * search, from the rows that are there anyway, and only for the people whose best face comes first: so many at least.
 */
const MOST_AVERAGED = 16;

/** People the scan has to name: those whose mean counts, and as many as are asked for. */
export const placesToScan = (maxResults: number): number => Math.min(MAX_RESULTS, Math.max(MOST_AVERAGED, maxResults));

/**
 * Mean cosine between two of somebody's faces below which they have no mean: on average no more alike than look-alikes are, one of
 * them may be of somebody else, and a face between two people would be like both. 0.40 for the knee 0.50.
 */
export const leastLikeness = (knee: number): number => cosineOfScore(LOOK_ALIKE_SCORE, knee);

/**
 * The cosine somebody's best face has at least when their mean has `floor`. With R the length of the average of n unit vectors,
 * the cosine to their mean is the average of the cosines to them, divided by R: at most best/R. And R² is (1 + (n − 1) m)/n with m
 * the mean cosine between two of them, so never below m, which is never below `least`.
 */
export const floorOfBest = (floor: number, least: number): number => floor * Math.sqrt(least);

/**
 * Cosine of a probe (unit or zero) to the mean of faces, unit vectors that begin at these places of `f32`, made unit; 0 where there
 * is no mean: of one face, of faces whose mean cosine (nR² − 1)/(n − 1) is below `least` (more than 0), or where a number is none.
 */
export function cosineToMean(
  probe: Float32Array,
  f32: Float32Array,
  vectors: readonly number[],
  least: number,
): number {
  const faces = vectors.length;
  if (faces < 2) return 0;
  let square = 0;
  let product = 0;
  for (let i = 0; i < probe.length; i++) {
    let sum = 0;
    for (const vector of vectors) sum += f32[vector + i] ?? 0;
    square += sum * sum;
    product += sum * (probe[i] ?? 0);
  }
  // The sum is n times the average, so its square is n² R².
  const likeness = (square / faces - 1) / (faces - 1);
  return likeness >= least ? product / Math.sqrt(square) : 0;
}
