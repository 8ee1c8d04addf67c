import { createDescribe } from "#adapters/faces/describe";
import { createLook } from "#adapters/faces/look";
import { type ModelEntry, type ModelManifest, modelIdOf } from "#adapters/faces/manifest";
import { type ModelSession, openModelSession } from "#adapters/faces/session";
import type { CloseUp } from "#core/tiles";
import { LimenError } from "#errors";
import type { FaceFinder } from "#ports/face-finder";

export interface FaceFinderOptions {
  readonly manifest: ModelManifest;
  /** Directory the manifest's files lie in. */
  readonly modelsDir: string;
  /** Faces of one picture that are worth the landmark model; the largest win. */
  readonly maxFaces?: number;
  /** Detector confidence a face needs, 0..1; default the manifest's. */
  readonly minConfidence?: number;
  /** Whether `describe` also runs the liveness model. */
  readonly liveness: boolean;
  /** Threads one model run may use. */
  readonly threads?: number;
  readonly signal?: AbortSignal;
}

export interface OpenFaceFinder extends FaceFinder, AsyncDisposable {
  /** Graph optimisation level in use, by role: what the timing at start chose on this processor. */
  readonly levels: Readonly<Record<string, string>>;
  /** What one look shows well enough for the smallest face that may be judged. */
  readonly closeUp: CloseUp;
}

/**
 * Pixels of the picture to one of the detector's. Of 75 faces of 48 px in 1280×720 (5 people, 15 places) the look at the whole finds
 * 10, close looks at a scale of 2 find 62, at 1.5 all 75 (test/integration/small-faces.test.ts).
 */
const TILE_SCALE = 1.5;
/** A whole picture at a scale of 2 (640×360) is not looked at twice: faces walk up, and are found a step later. */
const WHOLE_SCALE = 2;

const MAX_FACES = 4;

/**
 * Loads the models (each file's hash is checked first) and makes the finder that runs them, one call at a time a model. onnxruntime
 * works on the calling thread: a run blocks the event loop for its few milliseconds. Throws LIMEN_MODEL_MISSING, LIMEN_MODEL_HASH,
 * LIMEN_MODEL_MANIFEST, LIMEN_MODEL_RUN.
 */
export async function openFaceFinder(options: FaceFinderOptions): Promise<OpenFaceFinder> {
  const { manifest, modelsDir, signal } = options;
  const { detect, landmark, embed } = manifest;
  if (options.liveness && manifest.liveness === null) {
    throw new LimenError("LIMEN_MODEL_MANIFEST", `the model set ${manifest.id} has no liveness model`, {
      hint: "switch liveness off or use a set that has one",
    });
  }
  const alive = options.liveness ? manifest.liveness : null;

  const sessions: ModelSession[] = [];
  const close = async () => {
    for (const session of sessions) await session[Symbol.asyncDispose]();
  };
  const load = async (entry: ModelEntry, outputs: Record<string, number>) => {
    const session = await openModelSession(entry, { modelsDir, signal, threads: options.threads ?? 1, outputs });
    sessions.push(session);
    return session;
  };
  try {
    const detector = await load(detect, { [detect.outputs.scores]: 2, [detect.outputs.boxes]: 4 });
    const marker = await load(landmark, { [landmark.outputs.points]: landmark.count * 2 });
    const embedder = await load(embed, { [embed.outputs.embedding]: embed.dim });
    const judge = alive && (await load(alive, { [alive.outputs.logits]: alive.classes }));
    const look = createLook(manifest, { detector, marker }, options.maxFaces ?? MAX_FACES);
    const threshold = options.minConfidence ?? detect.score_threshold;
    return {
      modelId: modelIdOf(manifest),
      samePersonCosine: embed.same_person_cosine,
      minNorm: embed.min_norm,
      borderlineNorm: Math.min(embed.min_norm, embed.borderline_norm ?? embed.min_norm),
      levels: Object.fromEntries(sessions.map(({ role, level }) => [role, level])),
      closeUp: { tile: times(detect.input, TILE_SCALE), whole: times(detect.input, WHOLE_SCALE) },
      find: (picture, closer = []) => look(picture, threshold, closer),
      describe: createDescribe(manifest, { embedder, judge }),
      [Symbol.asyncDispose]: close,
    };
  } catch (cause) {
    await close();
    throw cause;
  }
}

function times({ width, height }: { width: number; height: number }, scale: number): CloseUp["tile"] {
  return { width: Math.round(scale * width), height: Math.round(scale * height) };
}
