import type { CounterName, GaugeName, Metrics } from "#ports/metrics";

export interface MemoryMetrics extends Metrics {
  /** Every counter that ever went up, every gauge that was ever set: `name{label="value"}` → number. */
  snapshot(): Readonly<Record<string, number>>;
}

/** Series kept at most; labels are few and short, so this is a backstop, not a limit anyone should meet. */
const MAX_SERIES = 2000;

function seriesOf(name: CounterName | GaugeName, labels: Readonly<Record<string, string>>): string {
  const text = Object.entries(labels)
    .map(([label, value]) => `${label}=${JSON.stringify(value)}`)
    .join(",");
  return text === "" ? name : `${name}{${text}}`;
}

export function createMemoryMetrics(): MemoryMetrics {
  const series = new Map<string, number>();
  const set = (key: string, value: number): void => {
    if (series.has(key) || series.size < MAX_SERIES) series.set(key, value);
  };
  return {
    count(name, labels = {}, by = 1) {
      const key = seriesOf(name, labels);
      set(key, (series.get(key) ?? 0) + by);
    },
    gauge: (name, value, labels = {}) => set(seriesOf(name, labels), value),
    snapshot: () => Object.fromEntries([...series].sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}
