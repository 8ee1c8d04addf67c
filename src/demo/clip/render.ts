import { createHash, randomUUID } from "node:crypto";
import { access, mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import type { FfmpegCommand } from "fluent-ffmpeg";
import type { FfmpegBinary } from "#adapters/ffmpeg/binary";
import { runFfmpeg } from "#adapters/ffmpeg/one-shot";
import { assetPath, hashAsset } from "#demo/clip/assets";
import { type FilterGraph, filterGraph } from "#demo/clip/filter-graph";
import { type ClipTimeline, clipTimeline } from "#demo/clip/timeline";
import type { ClipShape, ClipVisit } from "#demo/clip/visit";

export interface RenderOptions extends ClipShape {
  readonly ffmpeg: FfmpegBinary;
  readonly assetsDir: string;
  /** The clip, H.264 Annex B. Beside it a `.json` of the same name says what it shows and how it was made. */
  readonly outFile: string;
  readonly visits: readonly ClipVisit[];
  readonly signal?: AbortSignal;
  /** How much is done, 0..1. */
  readonly onProgress?: (done: number) => void;
}

/** Generous: 6 visits take about 10 s on two slow cores. */
const TIMEOUT_MS = 10 * 60_000;
const PROGRESS_EVERY_MS = 250;

/**
 * Renders the demo's clip, or finds it rendered: the same recipe, ffmpeg and pictures give the same key. The file appears under
 * its name only when it is complete. Throws LIMEN_DEMO_ASSET when a picture is missing, LIMEN_FFMPEG_FAILED when ffmpeg fails.
 */
export async function renderClip(options: RenderOptions): Promise<ClipTimeline> {
  const { assetsDir, visits, signal } = options;
  const outFile = resolve(options.outFile);
  const graph = filterGraph(visits, options);
  const timeline = clipTimeline(visits, options);
  const key = await renderKey(graph, options);
  if (await isRendered(outFile, key)) return timeline;
  await mkdir(dirname(outFile), { recursive: true });
  const part = `${outFile}.${randomUUID()}.part`;
  const expectedBytes = (bitrateKbps(options) * 125 * timeline.frames) / timeline.fps;
  const progress = watchProgress(part, expectedBytes, options.onProgress ?? (() => {}));
  try {
    const build = (command: FfmpegCommand): FfmpegCommand => {
      for (const input of graph.inputs)
        command.input(assetPath(assetsDir, input.file)).inputOptions([...input.options]);
      return command.complexFilter(graph.text).output(part).outputOptions(encoderOptions(options));
    };
    await runFfmpeg(options.ffmpeg, build, { timeoutMs: TIMEOUT_MS, ...(signal === undefined ? {} : { signal }) });
    // The old description goes first: at no moment may it stand beside a clip it does not describe.
    await rm(descriptionFile(outFile), { force: true });
    await rename(part, outFile);
    await writeFile(descriptionFile(outFile), `${JSON.stringify({ key, ...timeline }, null, 2)}\n`);
  } finally {
    progress[Symbol.dispose]();
    await rm(part, { force: true });
  }
  return timeline;
}

/** What the simulated camera needs: no B-frames, a key frame each second, parameter sets in band. One thread: the same bytes every time. */
export function encoderOptions(shape: ClipShape): string[] {
  const rate = `${bitrateKbps(shape)}k`;
  return [
    ...["-map", "[out]", "-an", "-filter_complex_threads", "1", "-threads", "1"],
    ...["-c:v", "libx264", "-profile:v", "baseline", "-preset", "veryfast", "-bf", "0"],
    ...["-g", `${shape.fps}`, "-keyint_min", `${shape.fps}`, "-sc_threshold", "0"],
    ...["-b:v", rate, "-maxrate", rate, "-bufsize", rate, "-x264-params", "repeat-headers=1"],
    ...["-f", "h264"],
  ];
}

/** What a camera spends: 600 kbit/s at 640x360 and 10 fps, 1500 at 1280x720; twice the frames cost less than twice the bits. */
function bitrateKbps({ width, height, fps }: ClipShape): number {
  return Math.round(600 * ((width * height) / (640 * 360)) ** 0.66 * (fps / 10) ** 0.75);
}

async function renderKey(graph: FilterGraph, options: RenderOptions): Promise<string> {
  const files = [...new Set(graph.inputs.map((input) => input.file))];
  const hashes: Record<string, string> = {};
  for (const file of files) hashes[file] = await hashAsset(options.assetsDir, file, options.signal);
  const recipe = { graph, encoder: encoderOptions(options), ffmpeg: options.ffmpeg.version, hashes };
  return createHash("sha256").update(JSON.stringify(recipe)).digest("hex");
}

async function isRendered(outFile: string, key: string): Promise<boolean> {
  try {
    const description: unknown = JSON.parse(await readFile(descriptionFile(outFile), "utf8"));
    await access(outFile);
    return typeof description === "object" && description !== null && "key" in description && description.key === key;
  } catch {
    return false; // never rendered, or by a run that was cut short
  }
}

function descriptionFile(outFile: string): string {
  return `${outFile}.json`;
}

/** By the growing file: the noise in the clip fills the bit rate evenly, and ffmpeg's own status lines would crowd out its errors. */
function watchProgress(part: string, expectedBytes: number, onProgress: (done: number) => void): Disposable {
  const timer = setInterval(() => {
    stat(part).then(
      ({ size }) => onProgress(Math.min(1, size / expectedBytes)),
      () => {}, // not there yet, or already renamed
    );
  }, PROGRESS_EVERY_MS);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
