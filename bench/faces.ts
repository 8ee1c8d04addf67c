import { join } from "node:path";
import { env } from "node:process";
import type { InferenceSession } from "onnxruntime-node";
import sharp from "sharp";
import { createAligner } from "#adapters/faces/align";
import { openFaceFinder } from "#adapters/faces/finder";
import { createCrop, landmarkSquare } from "#adapters/faces/landmarks";
import { createLetterbox } from "#adapters/faces/letterbox";
import { livenessCrop } from "#adapters/faces/liveness";
import { type ModelEntry, type ModelManifest, readModelManifest, templatePointsOf } from "#adapters/faces/manifest";
import { readModelFile } from "#adapters/faces/model-files";
import { planeWriter } from "#adapters/faces/planes";
import { createResampler } from "#adapters/faces/resample";
import { loadRuntime } from "#adapters/faces/runtime";
import { similarityOf } from "#core/alignment";
import type { FoundFace, Picture } from "#core/face";
import { cacheDir, SHIPPED_MANIFEST } from "#paths";

const WARM_UP = 10;

/**
 * What a face costs: a whole `find` and `describe` of a 640×360 frame with one face of about 100 px, against the bare model runs
 * inside it (same models, same optimisation levels, inputs prepared beforehand), in alternating rounds of one run. Medians.
 * `per_face_ratio` is the whole over the bare runs; 1 would mean that everything around the models is free.
 */
export async function benchFaces(rounds = 150): Promise<{
  values: { per_face_ratio: number; per_frame_ms: number };
  n: number;
  table: string;
}> {
  const manifest = await readModelManifest(SHIPPED_MANIFEST);
  const modelsDir = join(cacheDir(env), "models");
  await using finder = await openFaceFinder({ manifest, modelsDir, liveness: true });
  const picture = await renderFrame(join(cacheDir(env), "demo", "sample1.jpg"));
  const [face, ...others] = await finder.find(picture);
  if (face === undefined || others.length > 0) throw new Error(`the bench frame shows ${others.length} faces too many`);

  const bare = await openBareModels(manifest, modelsDir, finder.levels, picture, face);
  const times = { find: [] as number[], describe: [] as number[], whole: [] as number[], models: [] as number[] };
  try {
    for (let round = -WARM_UP; round < rounds; round++) {
      const startMs = performance.now();
      const found = await finder.find(picture);
      const foundMs = performance.now();
      await finder.describe(picture, found[0] ?? face);
      const describedMs = performance.now();
      for (const run of bare.runs) await run();
      const endMs = performance.now();
      if (round < 0) continue;
      times.find.push(foundMs - startMs);
      times.describe.push(describedMs - foundMs);
      times.whole.push(describedMs - startMs);
      times.models.push(endMs - describedMs);
    }
  } finally {
    await bare.close();
  }
  const whole = medianOf(times.whole);
  const models = medianOf(times.models);
  const table = [
    `one face of ${Math.round(face.box.height)} px in 640×360, median of n=${rounds}, ms`,
    `find                ${medianOf(times.find).toFixed(2)}`,
    `describe            ${medianOf(times.describe).toFixed(2)}`,
    `find + describe     ${whole.toFixed(2)}`,
    `bare model runs     ${models.toFixed(2)}`,
    `ratio               ${(whole / models).toFixed(3)}`,
    `levels              ${Object.entries(finder.levels)
      .map((pair) => pair.join(" "))
      .join(", ")}`,
  ].join("\n");
  return { values: { per_face_ratio: whole / models, per_frame_ms: whole }, n: rounds, table };
}

/** A camera's view: grey wall, one real face about 100 px high. */
async function renderFrame(photo: string): Promise<Picture> {
  const figure = await sharp(photo)
    .extract({ left: 1352, top: 138, width: 420, height: 458 })
    .resize({ height: 200 })
    .toBuffer();
  const background = { width: 640, height: 360, channels: 3 as const, background: "#9a9a96" };
  const rgb = await sharp({ create: background })
    .composite([{ input: figure, left: 230, top: 130 }])
    .removeAlpha()
    .raw()
    .toBuffer();
  return { width: 640, height: 360, rgb };
}

/** The same models once more, with the real inputs of this face already in place. */
async function openBareModels(
  manifest: ModelManifest,
  modelsDir: string,
  levels: Readonly<Record<string, string>>,
  picture: Picture,
  face: FoundFace,
): Promise<{ runs: (() => Promise<unknown>)[]; close: () => Promise<void> }> {
  const { InferenceSession: Session, Tensor } = await loadRuntime();
  const inputs = prepareInputs(manifest, picture, face);
  const sessions: InferenceSession[] = [];
  const runs: (() => Promise<unknown>)[] = [];
  for (const [entry, input] of inputs) {
    const session = await Session.create(await readModelFile(modelsDir, entry), {
      graphOptimizationLevel: levels[entry.role] === "extended" ? "extended" : "all",
      intraOpNumThreads: 1,
      interOpNumThreads: 1,
      logSeverityLevel: 3,
    });
    const { name, width, height } = entry.input;
    const feeds = { [name]: new Tensor("float32", input, [1, input.length / (width * height), height, width]) };
    sessions.push(session);
    runs.push(() => session.run(feeds));
  }
  const close = async () => {
    for (const session of sessions) await session.release();
  };
  return { runs, close };
}

function prepareInputs(manifest: ModelManifest, picture: Picture, face: FoundFace): [ModelEntry, Float32Array][] {
  const { detect, landmark, embed, liveness } = manifest;
  const emptyOf = ({ input: { width, height, color } }: ModelEntry) =>
    new Float32Array(width * height * (color === "GRAY" ? 1 : 3));
  const resample = createResampler();
  const whole = emptyOf(detect);
  createLetterbox(detect.input, resample)(picture, whole);
  const square = emptyOf(landmark);
  createCrop(landmark.input, resample)(picture, landmarkSquare(face.box, landmark.crop_scale), square);
  const aligned = emptyOf(embed);
  const toTemplate = similarityOf(face.points, templatePointsOf(embed));
  if (toTemplate === null || liveness === null) throw new Error("the bench needs a face and all four models");
  const size = embed.input.width;
  planeWriter(embed.input).write(aligned, 0, createAligner(size)(picture, toTemplate), size * size);
  const around = emptyOf(liveness);
  createCrop(liveness.input, resample)(picture, livenessCrop(face.box, liveness.crop_scale, picture), around);
  return [
    [detect, whole],
    [landmark, square],
    [embed, aligned],
    [liveness, around],
  ];
}

function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
