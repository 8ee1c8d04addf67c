/** How far a counted rate can be trusted. Both ends 0..1. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** Two-sided 95 % of a normal distribution. */
const Z95 = 1.959964;

/**
 * 95 % interval of a rate of which `hits` in `n` independent trials were seen (Wilson 1927). Where nothing was seen, the one-sided rule
 * of three: 1 − 0.05^(1/n), about 3/n. No trials say nothing: 0..1.
 */
export function intervalOf(hits: number, n: number): Interval {
  if (!(n > 0)) return { low: 0, high: 1 };
  if (hits === 0) return { low: 0, high: 1 - 0.05 ** (1 / n) };
  const rate = hits / n;
  const squared = Z95 ** 2;
  const centre = (rate + squared / (2 * n)) / (1 + squared / n);
  const half = (Z95 / (1 + squared / n)) * Math.sqrt((rate * (1 - rate)) / n + squared / (4 * n * n));
  // Rounding must not put an end on the wrong side of the rate itself.
  return { low: Math.max(0, Math.min(rate, centre - half)), high: Math.min(1, Math.max(rate, centre + half)) };
}
