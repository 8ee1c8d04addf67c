import { intervalOf } from "#core/rate";
import { SAME_PERSON_SCORE, scoreOfCosine } from "#core/score";
import { type CalibratedThreshold, DEFAULT_THRESHOLD } from "#core/threshold";

/** With fewer people the tail is a handful of pairs, and no line through it promises anything. */
export const CALIBRATION_PEOPLE = 50;
/** The upper fifth of the scores makes the tail. */
const TAIL_SHARE = 0.2;
/** One-sided 97.5 % of a normal distribution: two bounds of it hold together with 95 %. */
const Z975 = 1.959964;

/** What a gallery's own people say of strangers at its door. Cosines are the model's. */
export type Calibration =
  | {
      readonly kind: "too_few";
      /** People measured. */
      readonly people: number;
      readonly needed: number;
      /** All that can be said of a threshold which none of them reached: 95 % upper bound of the rate at which a stranger does. */
      readonly bound: number;
    }
  | {
      readonly kind: "fitted";
      readonly people: number;
      /** The tail begins here … */
      readonly from: number;
      /** … and so many people's best scores lie in it. */
      readonly inTail: number;
      /** Mean excess over the beginning, and its upper bound. */
      readonly scale: number;
      readonly scaleBound: number;
      /** Where the best fit alone would put the threshold, cosine; and the threshold whose promise holds with 95 % confidence. */
      readonly bestGuess: number;
      readonly cosine: number;
      /** True when the fit lies under the model's same-person score, which then holds instead. */
      readonly isRaised: boolean;
      readonly highestSeen: number;
      readonly proposal: CalibratedThreshold;
    };

/** Lower 2.5 % point of a chi-squared distribution (Wilson and Hilferty 1931), within 1 % from ten degrees on. */
function chiSquaredLow(degrees: number): number {
  const part = 2 / (9 * degrees);
  return degrees * (1 - part - Z975 * Math.sqrt(part)) ** 3;
}

/**
 * The threshold for a promised FPIR: how often one picture of a stranger may score over it with anybody. `bests` is each enrolled person's
 * highest cosine with anybody else, one number a person, so that people, not pictures, are counted.
 *
 * The best of many near-normal scores has a tail that falls at least as fast as an exponential one, so the upper fifth is fitted with an
 * exponential distribution of the excesses (peaks over threshold with shape 0, Pickands 1975): P(score > t) = p·exp(−(t−from)/scale).
 * Both p (Wilson) and the scale (chi-squared with 2k degrees) are taken at their upper bounds. A tail that is heavier, twins say, breaks the
 * promise: such pairs are on stricter rules of their own. `knee`: the model's same-person cosine.
 */
export function calibrate(bests: readonly number[], { fpir, knee }: { fpir: number; knee: number }): Calibration {
  const sorted = bests.filter((value) => Number.isFinite(value)).sort((a, b) => b - a);
  const people = sorted.length;
  const inTail = Math.floor(people * TAIL_SHARE);
  const from = sorted[inTail] ?? 0;
  const excesses = sorted.slice(0, inTail).map((value) => value - from);
  const scale = excesses.reduce((sum, value) => sum + value, 0) / Math.max(1, inTail);
  // Everybody alike to the last digit is no tail either: the same faces under many names, say.
  if (people < CALIBRATION_PEOPLE || !(scale > 0)) {
    return { kind: "too_few", people, needed: CALIBRATION_PEOPLE, bound: intervalOf(0, people).high };
  }
  const scaleBound = (scale * 2 * inTail) / chiSquaredLow(2 * inTail);
  const at = (share: number, slope: number): number => from + slope * Math.log(Math.max(1, share / fpir));
  const cosine = Math.min(1, at(intervalOf(inTail, people).high, scaleBound));
  const score = Math.max(SAME_PERSON_SCORE, scoreOfCosine(cosine, knee));
  // Over the knee a cosine counts for less score than under it; the step of the knee's upper side, or the safe rule's if that is more.
  const step = scoreOfCosine(knee + Math.min(scaleBound * Math.LN10, 1 - knee), knee) - SAME_PERSON_SCORE;
  return {
    kind: "fitted",
    people,
    from,
    inTail,
    scale,
    scaleBound,
    bestGuess: Math.min(1, at(inTail / people, scale)),
    cosine,
    isRaised: scoreOfCosine(cosine, knee) < SAME_PERSON_SCORE,
    highestSeen: sorted[0] ?? 0,
    proposal: { score, people, slopePerDecade: Math.max(DEFAULT_THRESHOLD.slopePerDecade, step) },
  };
}
