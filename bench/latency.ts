import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { env } from "node:process";
import { setTimeout as delay } from "node:timers/promises";
import { systemClock } from "#adapters/clock/system-clock";
import { openFaceFinder } from "#adapters/faces/finder";
import { readModelManifest } from "#adapters/faces/manifest";
import { locateFfmpeg } from "#adapters/ffmpeg/binary";
import { chunkSink } from "#adapters/ffmpeg/child";
import { runFfmpeg } from "#adapters/ffmpeg/one-shot";
import { DEMO_VISITS } from "#demo/clip/cast";
import { cutEnrolmentPhotos } from "#demo/clip/enrol-photos";
import type { ClipTimeline } from "#demo/clip/timeline";
import { cacheDir, SHIPPED_MANIFEST } from "#paths";
import type { AuditEntry } from "#ports/audit-log";
import { benchClip, openBenchSite } from "./bench-site.js";
import { type BenchResult, columns, medianOf, percentile } from "./measure.js";

const MIN_FACE_PX = 48;
const WIDTH = 640;
const HEIGHT = 360;

/**
 * First frame of each visit in which the detector itself finds a face of at least MIN_FACE_PX, from every frame of the clip
 * decoded without any network: the truth the live run is measured from.
 */
async function framesInView(file: string, timeline: ClipTimeline): Promise<(number | null)[]> {
  const manifest = await readModelManifest(SHIPPED_MANIFEST);
  await using finder = await openFaceFinder({ manifest, modelsDir: join(cacheDir(env), "models"), liveness: false });
  const bytes = WIDTH * HEIGHT * 3;
  const pictures: Uint8Array[] = [];
  let rest = Buffer.alloc(0);
  const sink = chunkSink((chunk) => {
    rest = Buffer.concat([rest, chunk]);
    while (rest.length >= bytes) {
      pictures.push(new Uint8Array(rest.subarray(0, bytes)));
      rest = rest.subarray(bytes);
    }
  });
  await runFfmpeg(
    await locateFfmpeg(),
    (command) =>
      command
        .input(file)
        .inputOptions(["-f", "h264", "-framerate", `${timeline.fps}`])
        .output(sink, { end: true })
        .outputOptions(["-an", "-pix_fmt", "rgb24", "-f", "rawvideo"]),
    { timeoutMs: 120_000 },
  );
  const first: (number | null)[] = [];
  for (const { startFrame, endFrame } of timeline.visits) {
    let found: number | null = null;
    for (let frame = startFrame; frame < endFrame && found === null; frame++) {
      const rgb = pictures[frame];
      if (rgb === undefined) break;
      const [face] = await finder.find({ width: WIDTH, height: HEIGHT, rgb });
      if (face !== undefined && face.box.height >= MIN_FACE_PX) found = frame;
    }
    first.push(found);
  }
  return first;
}

/** One granted visit, ms from the sending of its first large enough frame. */
interface Measured {
  readonly total: number;
  readonly parts: Readonly<Record<(typeof PARTS)[number], number>>;
}

const PARTS = [
  "camera and ffmpeg, to the first picture looked at",
  "until the second picture that agrees",
  "waiting for the look",
  "faces: find",
  "faces: describe",
  "search",
  "decide",
  "audit, MQTT, door, ack",
] as const;

function measure(entry: AuditEntry, pushedAtMs: number, wallOffsetMs: number): Measured | null {
  const { record, outcome } = entry;
  const { visit, nowMs } = record.situation;
  const [first] = visit.evidence;
  const last = visit.evidence[visit.evidence.length - 1];
  if (outcome?.latencyMs == null || first === undefined || last === undefined) return null;
  const decidedMs = record.at - wallOffsetMs;
  const { sinceInView, wait, find, describe, search, decide } = record.timingsMs;
  const ackedMs = decidedMs - sinceInView + outcome.latencyMs;
  const total = ackedMs - pushedAtMs;
  const parts = {
    "camera and ffmpeg, to the first picture looked at": decidedMs - (nowMs - first.capturedAtMs) - pushedAtMs,
    "until the second picture that agrees": last.capturedAtMs - first.capturedAtMs,
    "waiting for the look": wait,
    "faces: find": find,
    "faces: describe": describe,
    search,
    decide,
    "audit, MQTT, door, ack": ackedMs - decidedMs,
  };
  return { total, parts };
}

/**
 * From the first frame in which the face is large enough, as it leaves the camera, to the door's acknowledgement, over `visits`
 * visits of three enrolled people at 20 frames/s; every part a program of its own. Values p50_ms, p95_ms, p99_ms.
 */
export async function benchLatency(visits = 51): Promise<BenchResult> {
  const cast = DEMO_VISITS.filter(({ expected }) => expected === "granted");
  const { file, timeline } = await benchClip("latency", cast);
  const inView = await framesInView(file, timeline);
  const pushed = new Map<string, number>();
  let rounds = 0;
  await using site = await openBenchSite({
    clipFile: file,
    count: 1,
    onFrame: ({ index, loop, atMs, isHeld }) => {
      if (isHeld) return;
      rounds = loop;
      const visit = inView.indexOf(index);
      if (visit >= 0) pushed.set(`${loop}/${visit}`, atMs);
    },
  });
  const photos = await cutEnrolmentPhotos({
    ffmpeg: await locateFfmpeg(),
    assetsDir: join(cacheDir(env), "demo"),
    outDir: site.directory,
  });
  for (const { name, file: photo } of photos) await site.limen("people", "add", "--name", name, photo);
  await using daemon = await site.startDaemon();
  const wallOffsetMs = systemClock.now() - systemClock.monotonicMs();
  const wanted = Math.ceil(visits / cast.length);
  site.cameras[0]?.play();
  while (rounds < wanted) {
    await delay(500);
    if ((await Promise.race([daemon.ended.then(() => "ended"), delay(1)])) === "ended")
      throw new Error(daemon.lastWords());
  }

  const lines = await site.limen("decisions", "--json", "--limit", "10000");
  const entries = lines.split("\n").map((line) => JSON.parse(line) as AuditEntry);
  const grants = entries.filter(({ record }) => record.result === "grant").reverse();
  const results: Measured[] = [];
  for (const [, pushedAtMs] of [...pushed].slice(0, visits)) {
    const grant = grants.find(({ record }) => {
      const decidedMs = record.at - wallOffsetMs;
      return decidedMs >= pushedAtMs && decidedMs < pushedAtMs + 6000;
    });
    const measured = grant === undefined ? null : measure(grant, pushedAtMs, wallOffsetMs);
    if (measured !== null) results.push(measured);
  }
  const totals = results.map(({ total }) => total);
  const p50 = medianOf(totals);
  const rows = PARTS.map((part) => {
    const times = results.map(({ parts }) => parts[part]);
    const mean = times.reduce((sum, ms) => sum + ms, 0) / times.length;
    const share = mean / (totals.reduce((sum, ms) => sum + ms, 0) / totals.length);
    return [part, medianOf(times).toFixed(1), percentile(times, 0.95).toFixed(1), `${(100 * share).toFixed(0)} %`];
  });
  const cpu = /^model name\s*:\s*(.*)$/m.exec(await readFile("/proc/cpuinfo", "utf8"))?.[1] ?? "unknown";
  const values = {
    p50_ms: p50,
    p95_ms: percentile(totals, 0.95),
    p99_ms: percentile(totals, 0.99),
    missed: pushed.size - results.length,
  };
  const table = [
    `face large enough at the camera -> door acked, ${results.length} visits, ${cpu}`,
    columns([
      ["step", "p50 ms", "p95 ms", "share of mean"],
      ...rows,
      ["whole", p50.toFixed(1), values.p95_ms.toFixed(1), `p99 ${values.p99_ms.toFixed(1)} ms`],
    ]),
    `visits without a grant: ${values.missed}`,
  ].join("\n");
  return { values, n: results.length, table };
}
