import type { Series } from "#adapters/metrics/memory-metrics";
import { METRICS, type MetricKind, type MetricName } from "#ports/metrics";

/** The media type of Prometheus' text format, as its scraper asks for it. */
export const EXPOSITION_TYPE = "text/plain; version=0.0.4; charset=utf-8";

function escaped(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
}

function labelled(name: string, labels: Readonly<Record<string, string>>): string {
  const text = Object.entries(labels)
    .map(([label, value]) => `${label}="${escaped(value).replaceAll('"', '\\"')}"`)
    .join(",");
  return text === "" ? name : `${name}{${text}}`;
}

function linesOf(name: MetricName, { type, buckets, labels }: MetricKind, known: readonly Series[]): string[] {
  const nothing: Series = { labels: {}, value: 0, atMost: buckets.map(() => 0), sum: 0 };
  // A counter without labels is there from the start, so that its first step up is seen as one.
  const all = known.length === 0 && labels.length === 0 && type !== "gauge" ? [nothing] : known;
  return all.flatMap((series) => {
    if (type !== "histogram") return [`${labelled(name, series.labels)} ${series.value}`];
    const classes = [...buckets, Number.POSITIVE_INFINITY].map((bound, index) => {
      const le = Number.isFinite(bound) ? String(bound) : "+Inf";
      return `${labelled(`${name}_bucket`, { ...series.labels, le })} ${series.atMost[index] ?? series.value}`;
    });
    return [
      ...classes,
      `${labelled(`${name}_sum`, series.labels)} ${series.sum}`,
      `${labelled(`${name}_count`, series.labels)} ${series.value}`,
    ];
  });
}

/** All metrics in Prometheus' text format 0.0.4: each with what it means and its type, also those that have no number yet. */
export function exposition(series: ReadonlyMap<MetricName, readonly Series[]>): string {
  const lines = [...METRICS].flatMap(([name, kind]) => [
    `# HELP ${name} ${escaped(kind.help)}`,
    `# TYPE ${name} ${kind.type}`,
    ...linesOf(name, kind, series.get(name) ?? []),
  ]);
  return `${lines.join("\n")}\n`;
}
