import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { METRICS } from "#ports/metrics";

const read = (file: string): string => readFileSync(fileURLToPath(new URL(`../../${file}`, import.meta.url)), "utf8");

describe("docs/metrics.md", () => {
  it("explains every metric with its type and labels, and none that does not exist", () => {
    const rows = [...read("docs/metrics.md").matchAll(/^\| (limen_\w+) \| (\w+) \| ([^|]+) \| (.+) \|$/gm)];
    expect(rows.map(([, ...cells]) => cells)).toEqual(
      [...METRICS].map(([name, { type, labels, help }]) => [name, type, labels.join(", ") || "none", help]),
    );
  });
});

describe("no label", () => {
  it("could say who somebody is, how alike, or what a secret is", () => {
    const labels = new Set([...METRICS.values()].flatMap((kind) => kind.labels));
    expect(
      [...labels].filter((label) => /person|name|id$|face|score|margin|token|key|user|address/.test(label)),
    ).toEqual([]);
  });
});

describe("docs/grafana-dashboard.json", () => {
  const dashboard = z
    .object({
      uid: z.string(),
      title: z.string(),
      schemaVersion: z.number(),
      panels: z.array(
        z.object({
          title: z.string(),
          targets: z.array(z.object({ expr: z.string(), legendFormat: z.string() })).min(1),
        }),
      ),
    })
    .parse(JSON.parse(read("docs/grafana-dashboard.json")));
  const targets = dashboard.panels.flatMap((panel) => panel.targets);

  it("asks for metrics that exist, and shows labels that they have", () => {
    expect(targets.length).toBeGreaterThan(15);
    for (const { expr, legendFormat } of targets) {
      const names = [...expr.matchAll(/limen_\w+/g)].map(([name]) => name.replace(/_bucket$/, ""));
      expect(names.length, expr).toBeGreaterThan(0);
      const kinds = names.map((name) => [...METRICS].find(([known]) => known === name)?.[1]);
      expect(kinds, expr).not.toContain(undefined);
      const shown = [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label]) => label);
      const grouped = [...expr.matchAll(/by \(([^)]+)\)/g)].flatMap(([, labels = ""]) => labels.split(", "));
      const known = new Set<string>(["le", ...kinds.flatMap((kind) => kind?.labels ?? [])]);
      expect(
        [...shown, ...grouped].filter((label) => !known.has(label ?? "")),
        expr,
      ).toEqual([]);
    }
  });

  it("takes rates of counters and shares of histograms only", () => {
    for (const { expr } of targets) {
      for (const [, name = ""] of expr.matchAll(/(?:rate|increase)\((limen_\w+)/g)) {
        expect(["counter", "histogram"], expr).toContain(
          [...METRICS].find(([known]) => known === name.replace(/_bucket$/, ""))?.[1].type,
        );
      }
      for (const [, name = ""] of expr.matchAll(/(limen_\w+)_bucket/g))
        expect([...METRICS].find(([known]) => known === name)?.[1].type).toBe("histogram");
    }
  });

  it("draws no panel over another", () => {
    const places = z
      .object({
        panels: z.array(
          z.object({ gridPos: z.object({ x: z.number(), y: z.number(), w: z.number(), h: z.number() }) }),
        ),
      })
      .parse(JSON.parse(read("docs/grafana-dashboard.json")))
      .panels.map(({ gridPos }) => gridPos);
    const overlap = places.filter((a, i) =>
      places.some((b, j) => j > i && a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h),
    );
    expect(overlap).toEqual([]);
    expect(Math.max(...places.map(({ x, w }) => x + w))).toBeLessThanOrEqual(24);
  });
});
