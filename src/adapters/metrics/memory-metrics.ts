import type { CounterName, GaugeName, HistogramName, Labels, MetricName, Metrics } from "#ports/metrics";
import { METRICS } from "#ports/metrics";

/** One line of numbers: a metric with one set of label values. */
export interface Series {
  readonly labels: Labels;
  /** The number itself; of a histogram, how many values there were. */
  readonly value: number;
  /** Of a histogram: how many values were at most each of its bounds, and their sum; else empty and 0. */
  readonly atMost: readonly number[];
  readonly sum: number;
}

export interface MemoryMetrics extends Metrics {
  /** Every number there is, by metric. */
  series(): ReadonlyMap<MetricName, readonly Series[]>;
  /** Every counter that ever went up, every gauge that was ever set: `name{label="value"}` → number. */
  snapshot(): Readonly<Record<string, number>>;
  /** Drops every series of a door or camera that is gone: its last numbers would be shown as if they were of now. */
  forget(label: "door" | "camera", id: string): void;
}

/** Series kept at most; labels are few and short, so this is a backstop, not a limit anyone should meet. */
const MAX_SERIES = 2000;

interface Counted {
  readonly name: MetricName;
  readonly labels: Labels;
  value: number;
  readonly atMost: number[];
  sum: number;
}

function keyOf(name: MetricName, labels: Labels): string {
  const text = Object.entries(labels)
    .map(([label, value]) => `${label}=${JSON.stringify(value)}`)
    .join(",");
  return text === "" ? name : `${name}{${text}}`;
}

export function createMemoryMetrics(): MemoryMetrics {
  const all = new Map<string, Counted>();
  /** The series to change, made when it is new; null when there are too many. */
  const find = (name: MetricName, labels: Labels): Counted | null => {
    const key = keyOf(name, labels);
    const known = all.get(key);
    if (known !== undefined) return known;
    if (all.size >= MAX_SERIES) return null;
    const made = { name, labels, value: 0, atMost: (METRICS.get(name)?.buckets ?? []).map(() => 0), sum: 0 };
    all.set(key, made);
    return made;
  };
  return {
    count(name: CounterName, labels = {}, by = 1) {
      const one = find(name, labels);
      if (one !== null) one.value += by;
    },
    gauge(name: GaugeName, value, labels = {}) {
      const one = find(name, labels);
      if (one !== null) one.value = value;
    },
    observe(name: HistogramName, value, labels = {}) {
      const one = find(name, labels);
      if (one === null || !Number.isFinite(value)) return;
      one.value++;
      one.sum += value;
      for (const [index, bound] of (METRICS.get(name)?.buckets ?? []).entries()) {
        if (value <= bound) one.atMost[index] = (one.atMost[index] ?? 0) + 1;
      }
    },
    series() {
      const byName = new Map<MetricName, Series[]>();
      for (const { name, ...series } of all.values()) byName.set(name, [...(byName.get(name) ?? []), series]);
      return byName;
    },
    forget(label, id) {
      for (const [key, { labels }] of all) if (labels[label] === id) all.delete(key);
    },
    snapshot: () =>
      Object.fromEntries(
        [...all].map(([key, { value }]) => [key, value] as const).sort(([a], [b]) => (a < b ? -1 : 1)),
      ),
  };
}
