import { describe, expect, it } from "vitest";
import { exposition } from "#adapters/metrics/exposition";
import { createMemoryMetrics } from "#adapters/metrics/memory-metrics";
import { countProcess } from "#adapters/metrics/process-numbers";
import { METRICS } from "#ports/metrics";
import { parseExposition } from "../../../fixtures/exposition";

const familyOf = (text: string, name: string) => parseExposition(text).find((family) => family.name === name);

describe("Prometheus' text format", () => {
  it("has every metric with its type and what it means, and nothing else", () => {
    const families = parseExposition(exposition(createMemoryMetrics().series()));
    expect(families.map(({ name, type, help }) => [name, type, help])).toEqual(
      [...METRICS].map(([name, { type, help }]) => [name, type, help]),
    );
  });

  it("gives counters without labels from 0 on, and no number that nobody has set", () => {
    const text = exposition(createMemoryMetrics().series());
    expect(familyOf(text, "limen_audit_failures_total")?.samples).toEqual([
      { name: "limen_audit_failures_total", labels: {}, value: 0 },
    ]);
    expect(familyOf(text, "limen_problems")?.samples).toEqual([]);
    expect(familyOf(text, "limen_decisions_total")?.samples).toEqual([]);
  });

  it("keeps every label apart, whatever is in it", () => {
    const metrics = createMemoryMetrics();
    const odd = 'a "quote", a \\ and\na line';
    metrics.count("limen_looks_total", { camera: odd }, 3);
    metrics.count("limen_looks_total", { camera: "tab\tand ümlaut" });
    expect(familyOf(exposition(metrics.series()), "limen_looks_total")?.samples).toEqual([
      { name: "limen_looks_total", labels: { camera: odd }, value: 3 },
      { name: "limen_looks_total", labels: { camera: "tab\tand ümlaut" }, value: 1 },
    ]);
  });

  it("counts a histogram's values in every class they fit, with sum and count", () => {
    const metrics = createMemoryMetrics();
    for (const seconds of [0.15, 0.2, 9]) metrics.observe("limen_door_opening_seconds", seconds, { door: "front" });
    metrics.observe("limen_door_opening_seconds", Number.NaN, { door: "front" });
    const family = familyOf(exposition(metrics.series()), "limen_door_opening_seconds");
    const classes = family?.samples.filter(({ name }) => name.endsWith("_bucket")) ?? [];
    expect(classes.map(({ labels, value }) => [labels["le"], value]).slice(0, 3)).toEqual([
      ["0.1", 0],
      ["0.2", 2],
      ["0.3", 2],
    ]);
    expect(classes.at(-1)).toMatchObject({ labels: { door: "front", le: "+Inf" }, value: 3 });
    const rest = family?.samples.slice(-2).map(({ name, value }) => [name.slice(family.name.length), value]);
    expect(rest).toEqual([
      ["_sum", expect.closeTo(9.35)],
      ["_count", 3],
    ]);
  });

  it("has classes that rise, names that say the unit, and counters that end in _total", () => {
    for (const [name, { type, buckets }] of METRICS) {
      expect(name).toMatch(/^limen_[a-z_]+$/);
      expect(name.endsWith("_total"), name).toBe(type === "counter");
      if (type === "histogram") expect(name).toMatch(/_seconds$/);
      expect([...buckets].sort((a, b) => a - b)).toEqual(buckets);
      expect(buckets.length > 0).toBe(type === "histogram");
    }
  });

  it("tells what the process takes, CPU as a counter that only rises", () => {
    const metrics = createMemoryMetrics();
    const count = countProcess(metrics);
    count();
    const first = metrics.snapshot()["limen_cpu_seconds_total"] ?? 0;
    for (let i = 0; i < 3e6; i++) Math.sqrt(i);
    count();
    const second = metrics.snapshot()["limen_cpu_seconds_total"] ?? 0;
    expect(first).toBeGreaterThan(0);
    expect(second).toBeGreaterThan(first);
    expect(second).toBeLessThanOrEqual(process.cpuUsage().user / 1e6 + process.cpuUsage().system / 1e6);
    expect(metrics.snapshot()["limen_resident_memory_bytes"]).toBeGreaterThan(1e6);
  });
});
