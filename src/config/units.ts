/** Milliseconds in each unit a duration may be written in, largest first. */
const DURATION_UNITS = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1000],
  ["ms", 1],
] as const;

/** Bytes in each unit a size may be written in, largest first. Decimal, as on a disk's label. */
const SIZE_UNITS = [
  ["GB", 1_000_000_000],
  ["MB", 1_000_000],
  ["kB", 1000],
  ["B", 1],
] as const;

/** How a duration looks: `500ms 3s 1.5s 2m 1h 30d`. */
export const DURATION_PATTERN = /^\d{1,9}(?:\.\d{1,3})?(?:ms|s|m|h|d)$/;

const SIZE_PATTERN = /^\d{1,9}(?:\.\d{1,3})?(?:B|kB|KB|MB|GB)$/;

/** Milliseconds of a duration such as `1.5s`; null when it is none, or not a whole number of milliseconds. */
export function parseDuration(text: string): number | null {
  return DURATION_PATTERN.test(text) ? wholeUnits(text, DURATION_UNITS) : null;
}

/** A duration in the largest unit that needs no fraction: 1500 → `1500ms`, 3000 → `3s`. `ms` is a whole number ≥ 0. */
export function formatDuration(ms: number): string {
  return inLargestUnit(ms, DURATION_UNITS) ?? `${ms}ms`;
}

/** Bytes of a size such as `8MB`; null when it is none, or not a whole number of bytes. */
export function parseSize(text: string): number | null {
  return SIZE_PATTERN.test(text) ? wholeUnits(text.replace("KB", "kB"), SIZE_UNITS) : null;
}

/** A size in the largest unit that needs no fraction: 8000000 → `8MB`. `bytes` is a whole number ≥ 0. */
export function formatSize(bytes: number): string {
  return inLargestUnit(bytes, SIZE_UNITS) ?? `${bytes}B`;
}

type Units = readonly (readonly [name: string, worth: number])[];

function wholeUnits(text: string, units: Units): number | null {
  const number = Number.parseFloat(text);
  const name = text.replace(/^[\d.]+/, "");
  const worth = units.find(([unit]) => unit === name)?.[1];
  if (worth === undefined) return null;
  // Thousandths first: 0.007 × 1000 is not exactly 7 in floating point, round(7) is.
  const total = (Math.round(number * 1000) * worth) / 1000;
  return Number.isSafeInteger(total) ? total : null;
}

function inLargestUnit(amount: number, units: Units): string | null {
  const unit = units.find(([, worth]) => amount > 0 && amount % worth === 0);
  return unit ? `${amount / unit[1]}${unit[0]}` : null;
}
