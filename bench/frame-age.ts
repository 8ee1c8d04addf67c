import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "#adapters/clock/system-clock";
import { locateFfmpeg } from "#adapters/ffmpeg/binary";
import { runFfmpeg } from "#adapters/ffmpeg/one-shot";
import { createMemoryMetrics } from "#adapters/metrics/memory-metrics";
import { createOnvifDirectory } from "#adapters/onvif/directory";
import { openQuietLog } from "#app";
import { openSource } from "#app-cameras";
import { loadConfig } from "#config/load";
import { loadClip } from "#demo/camera/load-clip";
import { openSimulatedCamera } from "#demo/camera/simulated-camera";
import type { Frame } from "#ports/frame-source";
import { type BenchResult, columns, medianOf, percentile } from "./measure.js";

/** The counter: so many black and white columns, the lowest bit on the left. */
const BITS = 16;
const CLIP = { width: 640, height: 360, fps: 20, seconds: 30 };
/** Frames of the start, in which ffmpeg still probes and the source catches up, are left out. */
const SETTLE = 20;
const GIVE_UP_MS = 120_000;

/** A clip whose pictures carry their own number, rendered small and enlarged without smoothing. */
async function renderCounter(file: string): Promise<void> {
  const { width, height, fps, seconds } = CLIP;
  const source = `nullsrc=s=${BITS}x9:r=${fps}:d=${seconds},format=gray`;
  const counter = "geq=lum='255*mod(floor(N/pow(2,X)),2)'";
  const graph = `${source},${counter},scale=${width}:${height}:flags=neighbor,format=yuv420p`;
  const encoder = ["-c:v", "libx264", "-preset", "veryfast", "-profile:v", "main", "-bf", "0", "-g", `${fps}`];
  await runFfmpeg(
    await locateFfmpeg(),
    (command) =>
      command
        .complexFilter(graph)
        .output(file)
        .outputOptions([...encoder, "-sc_threshold", "0", "-x264-params", "repeat-headers=1", "-f", "h264"]),
    { timeoutMs: 120_000 },
  );
}

/** The number a picture carries. */
function counterOf({ rgb, width, height }: Frame): number {
  const row = Math.floor(height / 2) * width;
  let number = 0;
  for (let bit = 0; bit < BITS; bit++) {
    const x = Math.floor(((bit + 0.5) * width) / BITS);
    if ((rgb[(row + x) * 3] ?? 0) > 127) number += 2 ** bit;
  }
  return number;
}

/**
 * How old a picture is when the daemon gets it: from the simulated camera handing it to its socket to the last byte of the decoded
 * frame, with the daemon's default ingest, 640×360 at 20 pictures/s; each picture says by its pixels which one it is. Camera and
 * reader share this process. Values p50_ms, p99_ms, max_ms.
 */
export async function benchFrameAge(frames = 400): Promise<BenchResult> {
  const directory = await mkdtemp(join(tmpdir(), "limen-bench-"));
  try {
    const clipFile = join(directory, "counter.h264");
    await renderCounter(clipFile);
    const sentAtMs = new Map<number, number>();
    const account = { username: "limen", password: "bench-camera" };
    await using camera = await openSimulatedCamera({
      ...account,
      clip: await loadClip(clipFile),
      fps: CLIP.fps,
      onFrame: ({ index, atMs }) => sentAtMs.set(index, atMs),
    });
    const configFile = join(directory, "limen.yaml");
    await writeFile(
      configFile,
      `cameras: { a: { rtsp: "${camera.url}", username: ${account.username}, password: !secret camera } }
doors: { a: { camera: a, collection: staff, controller: { profile: limen_native, key: !secret key } } }
`,
    );
    const secrets = `camera: ${account.password}\nkey: "${randomBytes(32).toString("hex")}"\n`;
    await writeFile(join(directory, "secrets.yaml"), secrets, { mode: 0o600 });
    const { config } = await loadConfig(configFile, { env: {} });
    const [settings] = config.cameras;
    if (settings === undefined) throw new Error("the bench's configuration has no camera");
    const tools = { logger: openQuietLog(), metrics: createMemoryMetrics() };
    const cameras = createOnvifDirectory({ clock: systemClock });
    await using source = openSource(settings, { directory: cameras, binary: await locateFfmpeg(), tap: false }, tools);
    const ages: number[] = [];
    let unknown = 0;
    let taken = 0;
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), GIVE_UP_MS);
    for await (const frame of source.frames(stop.signal)) {
      taken++;
      const sent = sentAtMs.get(counterOf(frame));
      if (taken > SETTLE && sent !== undefined) ages.push(frame.capturedAtMs - sent);
      else if (taken > SETTLE) unknown++;
      if (ages.length >= frames) stop.abort();
    }
    clearTimeout(timer);
    const values = {
      p50_ms: medianOf(ages),
      p99_ms: percentile(ages, 0.99),
      max_ms: percentile(ages, 1),
      unknown,
    };
    const table = columns([
      ["age of a picture at arrival", "ms"],
      ["p50", values.p50_ms.toFixed(1)],
      ["p99", values.p99_ms.toFixed(1)],
      ["longest", values.max_ms.toFixed(1)],
      ["pictures", `${ages.length}, ${unknown} of unknown number`],
    ]);
    return { values, n: ages.length, table };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
