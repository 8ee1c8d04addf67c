import { LOOK_ALIKE_SCORE } from "#core/enrolment";
import type { Template } from "#core/face";
import { cosineOfScore } from "#core/score";
import { cosineOf } from "#core/template";

/**
 * Mean cosine between two of somebody's faces below which they have no mean: on average no more alike than look-alikes are, one of
 * them may be of somebody else, and a face between two people would be like both. 0.40 for the knee 0.50.
 */
export const leastLikeness = (knee: number): number => cosineOfScore(LOOK_ALIKE_SCORE, knee);

/**
 * The mean of somebody's faces counts as one face more. What several pictures share is the person and what tells them apart is
 * light, turn and noise, so a weak picture of the person comes nearer to the mean than to any of them.
 *
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

/** Cosine of a probe to somebody with these faces, as a search counts it: to the nearest of them, or to their mean where that is nearer. */
export function cosineToPerson(probe: Template, faces: readonly Template[], knee: number): number {
  const { length } = probe.values;
  const numbers = new Float32Array(faces.length * length);
  for (const [i, { values }] of faces.entries()) numbers.set(values.subarray(0, length), i * length);
  const toMean = cosineToMean(
    probe.values,
    numbers,
    faces.map((_, i) => i * length),
    leastLikeness(knee),
  );
  return faces.reduce((best, face) => {
    const cosine = cosineOf(probe, face);
    return cosine > best ? cosine : best;
  }, toMean);
}
