import type { Template } from "#core/face";

/** Vectors this near to unit length are taken as they are, bit for bit. */
const UNIT_TOLERANCE = 1e-4;

const INT16_MAX = 32_767;
/** f32 sums of up to 2048 products differ from the true one by less than this. */
const SUM_ERROR = 1e-4;

function lengthOf(values: Float32Array): number {
  let sum = 0;
  for (const value of values) sum += value * value;
  return Math.sqrt(sum);
}

/**
 * Makes the vector in place unit length, or zero when it has none: NaN, infinite or all zeros. A zero vector is like nobody, so a
 * broken template can never match; a long one cannot match everybody.
 */
export function makeUnit(values: Float32Array): void {
  const length = lengthOf(values);
  if (!(length > 0 && length < Number.POSITIVE_INFINITY)) values.fill(0);
  else if (Math.abs(length - 1) > UNIT_TOLERANCE) for (const [i, value] of values.entries()) values[i] = value / length;
}

/**
 * The probe in 16 bits: round(value / scale), and how far a product with an int8 row may be from the exact one (see the kernel's
 * upper bound).
 */
export function roundProbe(
  values: Float32Array,
  steps: Int16Array,
): { scale: number; errorPerResidual: number; error: number } {
  let largest = 0;
  for (const value of values) largest = Math.max(largest, Math.abs(value));
  const scale = Math.fround(largest / INT16_MAX);
  let lost = 0;
  for (const [i, value] of values.entries()) {
    const step = scale > 0 ? Math.max(-INT16_MAX, Math.min(INT16_MAX, Math.round(value / scale))) : 0;
    steps[i] = step;
    lost += (value - step * scale) ** 2;
  }
  const residual = Math.sqrt(lost);
  const longest = 1 + 2 * UNIT_TOLERANCE;
  return { scale, errorPerResidual: longest + residual, error: residual * longest + SUM_ERROR };
}

/** Mean of unit vectors, made unit again: how several pictures of one person become one probe. */
export function fuse(faces: readonly Template[], dimension: number): Float32Array {
  const probe = new Float32Array(dimension);
  for (const { values } of faces) {
    for (let i = 0; i < dimension; i++) probe[i] = (probe[i] ?? 0) + (values[i] ?? 0);
  }
  makeUnit(probe);
  return probe;
}
