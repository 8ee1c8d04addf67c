import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { systemClock } from "#adapters/clock/system-clock";
import { modelIdOf, readModelManifest } from "#adapters/faces/manifest";
import { openStore } from "#adapters/sqlite/database";
import { createSqliteGallery } from "#adapters/sqlite/gallery";
import { DEMO_VISITS } from "#demo/clip/cast";
import { SHIPPED_MANIFEST } from "#paths";
import { benchClip, openBenchSite } from "./bench-site.js";
import { type BenchResult, columns, memoryOf } from "./measure.js";

const PEOPLE = 10_000;
const WATCH_MS = 45_000;

/** A unit vector in a random direction. */
function randomUnit(dimension: number): Float32Array {
  const gauss = (): number => Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());
  const values = Float32Array.from({ length: dimension }, gauss);
  const length = Math.hypot(...values);
  return values.map((value) => value / length);
}

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
  const manifest = await readModelManifest(SHIPPED_MANIFEST);
  {
    await using store = await openStore(join(site.dataDir, "limen.db"));
    store.connection.pragma("synchronous = OFF");
    const gallery = createSqliteGallery(store, systemClock);
    for (let i = 0; i < PEOPLE; i++) {
      const face = { modelId: modelIdOf(manifest), values: randomUnit(manifest.embed.dim), norm: 3.6 };
      await gallery.addPerson({ name: `Person ${i}`, collections: ["staff"], faces: [face] });
    }
  }
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
