import type { CounterName, Metrics } from "#ports/metrics";

export interface MemoryMetrics extends Metrics {
  /** Every counter that ever went up: `name{label="value"}` → count. */
  snapshot(): Readonly<Record<string, number>>;
}

/** Series kept at most; labels are few and short, so this is a backstop, not a limit anyone should meet. */
const MAX_SERIES = 2000;

function seriesOf(name: CounterName, labels: Readonly<Record<string, string>>): string {
  const text = Object.entries(labels)
    .map(([label, value]) => `${label}=${JSON.stringify(value)}`)
    .join(",");
  return text === "" ? name : `${name}{${text}}`;
}

export function createMemoryMetrics(): MemoryMetrics {
  const series = new Map<string, number>();
  return {
    count(name, labels = {}, by = 1) {
      const key = seriesOf(name, labels);
      const known = series.get(key);
      if (known !== undefined || series.size < MAX_SERIES) series.set(key, (known ?? 0) + by);
    },
    snapshot: () => Object.fromEntries([...series].sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}
