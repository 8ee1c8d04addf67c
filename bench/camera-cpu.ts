import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { locateFfmpeg } from "#adapters/ffmpeg/binary";
import { dialectOf } from "#adapters/ffmpeg/dialect";
import { inputOptions, outputOptions } from "#adapters/ffmpeg/stream-command";
import { concatText } from "#adapters/ffmpeg/stream-url";
import { DEMO_VISITS } from "#demo/clip/cast";
import { type BenchSite, benchClip, openBenchSite } from "./bench-site.js";
import { type BenchResult, columns, cpuSecondsOf, medianOf } from "./measure.js";

const MEASURE_MS = 20_000;
/** What a start costs is over by then: the daemon's garbage collector tidies up once, some 16 s after it. */
const SETTLE_MS = 20_000;
const ROUNDS = 3;
/** As the daemon asks for by default. */
const SHAPE = { width: 640, height: 360, lookIntervalMs: 90 };

/** CPU seconds a second of so many bare ffmpeg doing the daemon's very pull, into nothing. */
async function bareLoad(site: BenchSite): Promise<number> {
  const { path, major } = await locateFfmpeg();
  const dialect = dialectOf(major);
  const pulls = site.cameras.map(({ url }) => {
    const child = spawn(
      path,
      [...inputOptions("software"), "-i", "pipe:0", ...outputOptions(SHAPE, dialect), "-y", "/dev/null"],
      {
        stdio: ["pipe", "ignore", "ignore"],
      },
    );
    child.stdin.end(concatText({ url, ...site.account }, dialect));
    return child;
  });
  await delay(SETTLE_MS);
  const load = await loadOf(pulls.map(({ pid }) => pid ?? 0));
  for (const child of pulls) {
    child.kill("SIGKILL");
    await once(child, "close");
  }
  return load;
}

async function loadOf(pids: readonly number[]): Promise<number> {
  const cpu = (): number => pids.reduce((sum, pid) => sum + cpuSecondsOf(pid), 0);
  const before = cpu();
  const startedMs = performance.now();
  await delay(MEASURE_MS);
  return (cpu() - before) / ((performance.now() - startedMs) / 1000);
}

async function daemonLoad(site: BenchSite): Promise<number> {
  await using daemon = await site.startDaemon();
  await delay(SETTLE_MS);
  return await loadOf([daemon.pid]);
}

/**
 * CPU of the daemon with its ffmpeg children on an empty scene against bare ffmpeg doing the same pull, 640×360 at 20 frames/s,
 * with one and four cameras; alternating rounds, each measured from 20 s after its start on; median of the ratios. Values ratio_1, ratio_4.
 */
export async function benchCameraCpu(): Promise<BenchResult> {
  const { file } = await benchClip("empty", DEMO_VISITS.slice(0, 1));
  const rows: string[][] = [
    ["cameras", "bare ffmpeg, % of a core", "limen with its ffmpeg, % of a core", "ratio (median)"],
  ];
  const values: Record<string, number> = {};
  for (const count of [1, 4]) {
    // The cameras stay paused: they stream the clip's first, empty second for ever.
    await using site = await openBenchSite({ clipFile: file, count });
    const bare: number[] = [];
    const limen: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      bare.push(await bareLoad(site));
      limen.push(await daemonLoad(site));
    }
    const ratio = medianOf(limen.map((load, round) => load / (bare[round] ?? Number.NaN)));
    values[`ratio_${count}`] = ratio;
    const percent = (loads: readonly number[]): string => (100 * medianOf(loads)).toFixed(1);
    rows.push([String(count), percent(bare), percent(limen), ratio.toFixed(2)]);
  }
  return { values, n: ROUNDS, table: columns(rows) };
}
