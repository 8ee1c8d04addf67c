import type { Metrics } from "#ports/metrics";

/** Counts what this process itself takes of the machine, each time the returned function is called. */
export function countProcess(metrics: Metrics): () => void {
  let countedUs = 0;
  return () => {
    const { user, system } = process.cpuUsage();
    metrics.count("limen_cpu_seconds_total", {}, (user + system - countedUs) / 1e6);
    countedUs = user + system;
    metrics.gauge("limen_resident_memory_bytes", process.memoryUsage.rss());
  };
}
