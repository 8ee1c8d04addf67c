import { setTimeout as delay } from "node:timers/promises";
import { DEMO_VISITS } from "#demo/clip/cast";
import { benchClip, openBenchSite } from "./bench-site.js";
import { fillGallery } from "./gallery.js";
import { type BenchResult, columns, memoryOf } from "./measure.js";

const PEOPLE = 10_000;
const WATCH_MS = 45_000;

/**
 * Resident memory of the daemon alone (its ffmpeg children not counted) with four cameras on which people come and go and
 * 10,000 people of one face each enrolled. Value rss_mb: the most seen in one second steps; peak_mb: the kernel's own peak.
 */
export async function benchMemory(): Promise<BenchResult> {
  const { file } = await benchClip(
    "latency",
    DEMO_VISITS.filter(({ expected }) => expected === "granted"),
  );
  await using site = await openBenchSite({ clipFile: file, count: 4 });
  await fillGallery(site.dataDir, PEOPLE);
  await using daemon = await site.startDaemon();
  for (const camera of site.cameras) camera.play();
  let most = 0;
  let steps = 0;
  for (const until = Date.now() + WATCH_MS; Date.now() < until; steps++) {
    await delay(1000);
    most = Math.max(most, memoryOf(daemon.pid).nowMb);
  }
  const { nowMb, peakMb } = memoryOf(daemon.pid);
  return {
    values: { rss_mb: most, peak_mb: peakMb, end_mb: nowMb },
    n: steps,
    table: columns([
      ["4 cameras, 10,000 people, daemon alone", "MB"],
      ["resident, most seen", most.toFixed(0)],
      ["resident, at the end", nowMb.toFixed(0)],
      ["kernel's own peak (start included)", peakMb.toFixed(0)],
    ]),
  };
}
