import type { InferenceSession, Tensor } from "onnxruntime-node";
import type { ModelEntry } from "#adapters/faces/manifest";
import { readModelFile } from "#adapters/faces/model-files";
import { loadRuntime } from "#adapters/faces/runtime";
import { LimenError, messageOf } from "#errors";

/** Which level is fast differs by model and processor (a factor of three either way was measured), so both are tried at start. */
const LEVELS = ["all", "extended"] as const;
type Level = (typeof LEVELS)[number];

const SEVERITY_ERROR = 3;
const TIMED_RUNS = 5;
/** Time to spend on one model's choice once each level has two timed runs. */
const CHOICE_MS = 150;
/** A level this much slower after two runs will not catch up. */
const HOPELESS = 1.5;

export interface SessionOptions {
  readonly modelsDir: string;
  /** Threads one run may use. */
  readonly threads: number;
  /** Expected output names and the length of their last dimension. */
  readonly outputs: Readonly<Record<string, number>>;
  readonly signal?: AbortSignal | undefined;
}

/** One loaded model with one input buffer; overlapping calls are served one after the other. */
export interface ModelSession extends AsyncDisposable {
  readonly role: ModelEntry["role"];
  /** Graph optimisation level the timing chose. */
  readonly level: Level;
  /** Lets `fill` write the input (planes, row by row), then runs the model. Throws LIMEN_MODEL_RUN. */
  run(fill: (input: Float32Array) => void): Promise<Outputs>;
}

/** A run's outputs by name; throws LIMEN_MODEL_RUN for a name it does not have. */
type Outputs = (name: string) => Float32Array;

/**
 * Reads, checks and loads one model. Throws LIMEN_MODEL_MISSING, LIMEN_MODEL_HASH, LIMEN_MODEL_MANIFEST (the file's inputs or
 * outputs are not what the manifest says) and LIMEN_MODEL_RUN (the runtime does not accept the file).
 */
export async function openModelSession(entry: ModelEntry, options: SessionOptions): Promise<ModelSession> {
  const bytes = await readModelFile(options.modelsDir, entry);
  const { InferenceSession, Tensor } = await loadRuntime();
  const { name, width, height, color } = entry.input;
  const shape = [1, color === "GRAY" ? 1 : 3, height, width];
  const input = new Float32Array(shape.reduce((product, length) => product * length));
  const feeds = { [name]: new Tensor("float32", input, shape) };

  const opened: Timed[] = [];
  try {
    for (const level of LEVELS) {
      options.signal?.throwIfAborted();
      const session = await InferenceSession.create(bytes, {
        executionProviders: ["cpu"],
        graphOptimizationLevel: level,
        intraOpNumThreads: options.threads,
        interOpNumThreads: 1,
        logSeverityLevel: SEVERITY_ERROR,
      });
      opened.push({ level, session, bestMs: Number.POSITIVE_INFINITY });
    }
    for (const { session } of opened) checkShape(entry, session, shape, options.outputs);
    // A picture of nothing, but with the values of a picture: zeros may be faster or slower than anything a camera delivers.
    const { mean, std } = entry.input;
    for (let index = 0; index < input.length; index++) input[index] = (((index * 7919) % 256) - mean) / std;
    await timeAll(opened, feeds, options.signal);
  } catch (cause) {
    await Promise.all(opened.map(({ session }) => session.release()));
    options.signal?.throwIfAborted();
    throw cause instanceof LimenError ? cause : failure(entry, cause);
  }
  const [chosen, ...others] = opened.toSorted((a, b) => a.bestMs - b.bestMs);
  await Promise.all(others.map(({ session }) => session.release()));
  if (chosen === undefined) throw failure(entry, "no optimisation level could be opened");
  return lane(entry, chosen, feeds, input, Object.keys(options.outputs));
}

interface Timed {
  readonly level: Level;
  readonly session: InferenceSession;
  bestMs: number;
}

/** Alternating rounds, first one to warm up; keeps each session's best time. */
async function timeAll(sessions: Timed[], feeds: Record<string, Tensor>, signal?: AbortSignal): Promise<void> {
  for (const { session } of sessions) await session.run(feeds);
  const startMs = performance.now();
  for (let round = 1; round <= TIMED_RUNS; round++) {
    for (const timed of sessions) {
      signal?.throwIfAborted();
      const beginMs = performance.now();
      await timed.session.run(feeds);
      timed.bestMs = Math.min(timed.bestMs, performance.now() - beginMs);
    }
    if (round < 2) continue;
    const times = sessions.map(({ bestMs }) => bestMs);
    const settled = Math.max(...times) > HOPELESS * Math.min(...times);
    if (settled || performance.now() - startMs > CHOICE_MS) return;
  }
}

function lane(
  entry: ModelEntry,
  { level, session }: Timed,
  feeds: Record<string, Tensor>,
  input: Float32Array,
  names: readonly string[],
): ModelSession {
  let tail: Promise<unknown> = Promise.resolve();
  let closed = false;

  const once = async (fill: (input: Float32Array) => void): Promise<Outputs> => {
    if (closed) throw failure(entry, "the model is closed");
    try {
      fill(input);
      const results = await session.run(feeds, names);
      return (name) => floatsOf(entry, results[name]);
    } catch (cause) {
      throw cause instanceof LimenError ? cause : failure(entry, cause);
    }
  };

  return {
    role: entry.role,
    level,
    run(fill) {
      const turn = tail.then(() => once(fill));
      tail = turn.catch(() => undefined);
      return turn;
    },
    async [Symbol.asyncDispose]() {
      if (closed) return;
      closed = true;
      await tail;
      await session.release();
    },
  };
}

function floatsOf(entry: ModelEntry, tensor: Tensor | undefined): Float32Array {
  const data = tensor?.data;
  if (!(data instanceof Float32Array)) throw failure(entry, "an output is missing or not made of float32");
  return data;
}

function checkShape(
  entry: ModelEntry,
  session: InferenceSession,
  shape: readonly number[],
  outputs: Readonly<Record<string, number>>,
): void {
  const refuse = (what: string) =>
    new LimenError("LIMEN_MODEL_MANIFEST", `the ${entry.role} model ${entry.file} does not fit its manifest: ${what}`, {
      hint: "the manifest's input and outputs must describe this very file",
    });
  const input = session.inputMetadata.find(({ name }) => name === entry.input.name);
  if (input?.isTensor !== true || session.inputNames.length !== 1) {
    throw refuse(`no single input "${entry.input.name}"`);
  }
  if (input.type !== "float32" || input.shape.join() !== shape.join()) {
    throw refuse(`its input is ${input.type} ${input.shape.join("×")}, not float32 ${shape.join("×")}`);
  }
  for (const [wanted, last] of Object.entries(outputs)) {
    const output = session.outputMetadata.find(({ name }) => name === wanted);
    if (output?.isTensor !== true || output.type !== "float32") throw refuse(`no float32 output "${wanted}"`);
    if (output.shape.at(-1) !== last) throw refuse(`output "${wanted}" is ${output.shape.join("×")}, not …×${last}`);
  }
}

function failure(entry: ModelEntry, cause: unknown): LimenError {
  return new LimenError("LIMEN_MODEL_RUN", `the ${entry.role} model ${entry.file} cannot be run: ${messageOf(cause)}`, {
    hint: "run `npm run setup` again; if it goes on, the model and the installed onnxruntime do not go together",
    cause,
  });
}
