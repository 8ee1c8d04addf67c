import { readdirSync, readFileSync } from "node:fs";

/** What every bench gives back: figures by name, how many measurements they rest on, and a table to read. */
export interface BenchResult {
  readonly values: Readonly<Record<string, number>>;
  readonly n: number;
  readonly table: string;
}

/** Value below which the fraction `p` of the values lies (nearest rank); NaN for none. */
export function percentile(values: readonly number[], p: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(p * sorted.length) - 1))] ?? Number.NaN;
}

export const medianOf = (values: readonly number[]): number => percentile(values, 0.5);

/** Rows as aligned columns. */
export function columns(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/** CPU seconds (user and system) of a process, its threads, and its living children so far. Linux only; 100 ticks a second. */
export function cpuSecondsOf(pid: number): number {
  let ticks = 0;
  for (const entry of readdirSync("/proc")) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      const stat = readFileSync(`/proc/${entry}/stat`, "utf8");
      // "pid (name) state ppid …": the name may hold anything, so count from its closing bracket.
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      if (Number(entry) === pid || Number(fields[1]) === pid) ticks += Number(fields[11]) + Number(fields[12]);
    } catch {
      // gone between the listing and the reading
    }
  }
  return ticks / 100;
}

/** Resident memory of a process alone, MB: now and at its highest. */
export function memoryOf(pid: number): { nowMb: number; peakMb: number } {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const kb = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(status)?.[1]);
  return { nowMb: kb("VmRSS") / 1024, peakMb: kb("VmHWM") / 1024 };
}
