import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { env } from "node:process";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import sharp from "sharp";
import { systemClock } from "#adapters/clock/system-clock";
import { createPinoLogger } from "#adapters/log/pino-logger";
import { createMemoryMetrics } from "#adapters/metrics/memory-metrics";
import { openSearchClient, type SearchClient } from "#adapters/verifik/search-client";
import { freePort } from "#demo/free-port";
import { startProgram } from "#demo/program";
import { cacheDir } from "#paths";
import { fillGallery } from "./gallery.js";
import { type BenchResult, columns, percentile } from "./measure.js";

const PEOPLE = 50_000;
const ALONE = 200;
const CLIENTS = 8;
const EACH = 40;
const READY_MS = 120_000;
const MAIN = fileURLToPath(new URL("../../dist/main.js", import.meta.url));

async function timed(client: SearchClient, image: Uint8Array): Promise<number> {
  const startMs = performance.now();
  await client.search({
    images: [image],
    minScore: 0.2,
    mode: "FAST",
    collection: null,
    maxResults: 10,
    signal: new AbortController().signal,
  });
  return performance.now() - startMs;
}

/**
 * POST /search with one 640×480 JPEG against 50,000 templates, server and client as two programs over loopback: alone, then eight
 * clients at once. Values p50_ms, p99_ms (alone), rps_8, p50_8_ms.
 */
export async function benchApi(): Promise<BenchResult> {
  const directory = await mkdtemp(join(tmpdir(), "limen-bench-"));
  try {
    await fillGallery(join(directory, "data"), PEOPLE);
    const token = randomBytes(32).toString("hex");
    const port = await freePort("127.0.0.1");
    const config = join(directory, "limen.yaml");
    await writeFile(
      config,
      `cameras: { a: { rtsp: "rtsp://127.0.0.1:9/none" } }
doors: { a: { camera: a, collection: staff, controller: { profile: limen_native, key: !secret token } } }
api: { listen: "127.0.0.1:${port}", tokens: { bench: { token: !secret token, scopes: [search] } } }
`,
    );
    await writeFile(join(directory, "secrets.yaml"), `token: "${token}"\n`, { mode: 0o600 });
    await using server = startProgram({ args: [MAIN, "serve", "--config", config], env });
    await using client = await openSearchClient({
      url: `http://127.0.0.1:${port}`,
      token: () => token,
      timeoutMs: 20_000,
      maxConnections: CLIENTS,
      clock: systemClock,
      random: Math.random,
      logger: createPinoLogger({ level: "error", readable: false, write: () => {} }),
      metrics: createMemoryMetrics(),
      userAgent: "limen-bench",
    });
    const photo = sharp(join(cacheDir(env), "demo", "sample1.jpg")).extract({
      left: 1240,
      top: 110,
      width: 640,
      height: 480,
    });
    const image = new Uint8Array(await photo.jpeg({ quality: 85 }).toBuffer());
    for (const giveUpAt = Date.now() + READY_MS; ; await delay(500)) {
      try {
        await timed(client, image);
        break;
      } catch (error) {
        if (Date.now() > giveUpAt)
          throw new Error(`the server did not answer: ${server.lastWords()}`, { cause: error });
      }
    }
    for (let i = 0; i < 20; i++) await timed(client, image);
    const alone: number[] = [];
    for (let i = 0; i < ALONE; i++) alone.push(await timed(client, image));
    const together: number[] = [];
    const startMs = performance.now();
    await Promise.all(
      Array.from({ length: CLIENTS }, async () => {
        for (let i = 0; i < EACH; i++) together.push(await timed(client, image));
      }),
    );
    const rps = (CLIENTS * EACH) / ((performance.now() - startMs) / 1000);
    const p50 = percentile(alone, 0.5);
    const p99 = percentile(alone, 0.99);
    const table = columns([
      ["POST /search, FAST, 640×480 JPEG, 50,000 people", "p50 ms", "p99 ms", "requests/s"],
      ["one client", p50.toFixed(1), p99.toFixed(1), (1000 / p50).toFixed(0)],
      ["eight clients", percentile(together, 0.5).toFixed(1), percentile(together, 0.99).toFixed(1), rps.toFixed(1)],
    ]);
    return { values: { p50_ms: p50, p99_ms: p99, rps_8: rps, p50_8_ms: percentile(together, 0.5) }, n: ALONE, table };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
