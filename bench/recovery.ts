import { setTimeout as delay } from "node:timers/promises";
import { systemClock } from "#adapters/clock/system-clock";
import { type FfmpegBinary, locateFfmpeg } from "#adapters/ffmpeg/binary";
import { openFfmpegFrameSource } from "#adapters/ffmpeg/frame-source";
import { fixedAddress } from "#adapters/ffmpeg/stream-url";
import { createPinoLogger } from "#adapters/log/pino-logger";
import { createMemoryMetrics } from "#adapters/metrics/memory-metrics";
import type { H264Clip } from "#demo/camera/annexb";
import type { CameraFaults } from "#demo/camera/camera-faults";
import { loadClip } from "#demo/camera/load-clip";
import { openSimulatedCamera } from "#demo/camera/simulated-camera";
import { DEMO_VISITS } from "#demo/clip/cast";
import { benchClip } from "./bench-site.js";
import { type BenchResult, columns, medianOf, percentile } from "./measure.js";

const ACCOUNT = { username: "limen", password: "bench-camera" };
const ROUNDS = 4;
/** Cameras that fail at the same time. */
const AT_ONCE = 4;
/** Outages last this long, ms, whatever the daemon has noticed of them by then. */
const OUTAGE_MS = { least: 4_000, most: 20_000 };
const GIVE_UP_MS = 60_000;

interface Outage {
  readonly name: string;
  begin(faults: CameraFaults): void | Promise<void>;
  end(faults: CameraFaults): void | Promise<void>;
  /** When it is always over at once, or shorter than the others. */
  readonly mostMs?: number;
}

const OUTAGES: readonly Outage[] = [
  {
    name: "unplugged",
    async begin(faults) {
      faults.halfOpen();
      await faults.refuse(true);
    },
    end: (faults) => faults.refuse(false),
  },
  { name: "power lost", begin: (faults) => faults.refuse(true), end: (faults) => faults.refuse(false) },
  { name: "frozen", begin: (faults) => faults.freeze(), end: (faults) => faults.thaw() },
  {
    name: "mute",
    begin(faults) {
      faults.freeze();
      faults.mute(true);
    },
    end(faults) {
      faults.mute(false);
      faults.thaw();
    },
  },
  {
    name: "no such path",
    begin(faults) {
      faults.notFound(true);
      faults.drop();
    },
    end: (faults) => faults.notFound(false),
  },
  {
    name: "too many viewers",
    begin(faults) {
      faults.busy(true);
      faults.drop();
    },
    end: (faults) => faults.busy(false),
  },
  {
    name: "refuses for 4 s",
    begin: (faults) => faults.setPassword("another", true),
    end: (faults) => faults.setPassword(ACCOUNT.password, false),
    mostMs: 4_000,
  },
  { name: "half-open", begin: (faults) => faults.halfOpen(), end: () => {}, mostMs: 0 },
  { name: "reset", begin: (faults) => faults.reset(), end: () => {}, mostMs: 0 },
  { name: "garbage bytes", begin: (faults) => faults.garbage(4_096), end: () => {}, mostMs: 0 },
];

/** One outage of one camera: ms from its end to the arrival of the first frame that counts. */
async function recover(outage: Outage, binary: FfmpegBinary, clip: H264Clip): Promise<number> {
  await using camera = await openSimulatedCamera({ ...ACCOUNT, clip, fps: 20 });
  await using source = openFfmpegFrameSource({
    camera: "bench",
    address: fixedAddress({ ...ACCOUNT, url: camera.url }),
    decoder: "software",
    tap: true,
    width: 640,
    height: 360,
    lookIntervalMs: 90,
    binary,
    clock: systemClock,
    random: Math.random,
    logger: createPinoLogger({ level: "error", readable: false, write: () => {} }),
    metrics: createMemoryMetrics(),
  });
  const stop = new AbortController();
  let newestMs = 0;
  const reading = (async () => {
    for await (const { capturedAtMs } of source.frames(stop.signal)) newestMs = capturedAtMs;
  })();
  const frameAfter = async (sinceMs: number): Promise<number> => {
    while (newestMs <= sinceMs) {
      if (systemClock.monotonicMs() - sinceMs > GIVE_UP_MS) return GIVE_UP_MS;
      await delay(10);
    }
    return newestMs - sinceMs;
  };
  await frameAfter(systemClock.monotonicMs());
  await delay(1_000 + 2_000 * Math.random());
  await outage.begin(camera.faults);
  // What was on its way when it began is no recovery.
  const { least, most } = OUTAGE_MS;
  await delay(outage.mostMs ?? least + (most - least) * Math.random());
  await outage.end(camera.faults);
  const endMs = systemClock.monotonicMs();
  // A camera that is well again at once still has its last pictures in the pipe: the recovery begins with the gap.
  if (outage.mostMs === 0) await delay(500);
  const tookMs = await frameAfter(outage.mostMs === 0 ? systemClock.monotonicMs() : endMs);
  stop.abort();
  await reading;
  return outage.mostMs === 0 ? tookMs + 500 : tookMs;
}

/**
 * From a camera's return to the first frame of it that counts, with the limits the daemon uses, over all faults at all times of
 * the daemon's own waiting. Values p50_ms, p95_ms, most_ms.
 */
export async function benchRecovery(): Promise<BenchResult> {
  const binary = await locateFfmpeg();
  const { file } = await benchClip("empty", DEMO_VISITS.slice(0, 1));
  const clip = await loadClip(file);
  const took = new Map<string, number[]>(OUTAGES.map(({ name }) => [name, []]));
  const left = Array.from({ length: ROUNDS }, () => OUTAGES).flat();
  const worker = async (): Promise<void> => {
    for (let outage = left.shift(); outage !== undefined; outage = left.shift()) {
      took.get(outage.name)?.push(await recover(outage, binary, clip));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  const all = [...took.values()].flat();
  const figures = (times: readonly number[]): string[] =>
    [medianOf(times), percentile(times, 0.95), Math.max(...times)].map((ms) => (ms / 1000).toFixed(1));
  const rows = [...took].map(([name, times]) => [name, String(times.length), ...figures(times)]);
  return {
    values: { p50_ms: medianOf(all), p95_ms: percentile(all, 0.95), most_ms: Math.max(...all) },
    n: all.length,
    table: columns([
      ["outage", "n", "median s", "p95 s", "most s"],
      ...rows,
      ["all", String(all.length), ...figures(all)],
    ]),
  };
}
