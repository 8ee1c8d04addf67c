import { systemClock } from "#adapters/clock/system-clock";
import { startWasmThread } from "#adapters/threads/wasm-thread";
import type { Template } from "#core/face";
import { addTo } from "#engine/kernel-dots";
import { openSearchEngine, type SearchEngine } from "#engine/search-engine";
import { i32, repeatWhile, startAssembly, v128 } from "#engine/wasm-assembler";
import type { Gallery } from "#ports/gallery";
import type { WasmThread } from "#ports/wasm-thread";
import type { WasmMemory } from "#ports/web-assembly";
import { type BenchResult, columns, medianOf } from "./measure.js";

const MODEL = "bench";
const SAME_PERSON_COSINE = 0.5;
const FACES_A_PERSON = 5;
/** Noise over centre: pictures of one identity have a cosine of about 0.67. */
const NOISE = 0.7;
const SIZES = [10_000, 100_000, 1_000_000] as const;
const DIMENSIONS = [128, 512] as const;
const THREADS = 2;

/** Gaussian numbers, drawn once; a vector is a piece of them from a random place. */
const POOL = 1 << 22;

/** The same numbers in every run (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const pool = ((): Float32Array => {
  const random = randomOf(7);
  return Float32Array.from(
    { length: POOL },
    () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()),
  );
})();

function toUnit(values: Float32Array): Float32Array {
  let sum = 0;
  for (const value of values) sum += value * value;
  const length = Math.sqrt(sum);
  for (let i = 0; i < values.length; i++) values[i] = (values[i] ?? 0) / length;
  return values;
}

/** Picture `picture` of identity `identity`: its centre, the same in every picture, and noise of its own. */
function pictureOf(identity: number, picture: number, dimension: number): Float32Array {
  const random = randomOf(identity * 2 + 1);
  // Two pieces, because one alone would be somebody else's too before long.
  const one = Math.floor(random() * (POOL - dimension));
  const two = Math.floor(random() * (POOL - dimension));
  const noise = Math.floor(randomOf(-(identity * 64 + picture * 2 + 2))() * (POOL - dimension));
  const values = new Float32Array(dimension);
  for (let i = 0; i < dimension; i++) {
    const centre = Math.SQRT1_2 * ((pool[one + i] ?? 0) + (pool[two + i] ?? 0));
    values[i] = centre + NOISE * (pool[noise + i] ?? 0);
  }
  return toUnit(values);
}

const idOf = (identity: number): string => identity.toString(16).padStart(24, "0");
const templateOf = (values: Float32Array): Template => ({ modelId: MODEL, values, norm: 4 });

/** A gallery that makes its people up as they are read. */
function madeUpGallery(people: number, dimension: number): Gallery {
  const nothing = (): never => {
    throw new Error("the bench's gallery is only read");
  };
  return {
    addPerson: nothing,
    addFaces: nothing,
    people: nothing,
    person: nothing,
    removePerson: nothing,
    faces: nothing,
    collection: async () => null,
    peopleChanged: async () => ({
      mark: 0,
      personIds: Array.from({ length: people }, (_, identity) => idOf(identity)),
      isEverybody: true,
    }),
    searchable: async (_, ids) =>
      ids.map((personId) => ({
        personId,
        collections: [],
        faces: Array.from({ length: FACES_A_PERSON }, (_, picture) =>
          templateOf(pictureOf(Number.parseInt(personId, 16), picture, dimension)),
        ),
      })),
    async *changes(signal) {
      await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
    },
  };
}

/** Reads `bytes` of memory as fast as this runtime can, with nothing else to do: what a scan of as many bytes cannot beat. */
async function openFloor(bytes: number): Promise<{ read(threads: number): Promise<void> } & AsyncDisposable> {
  const assembly = startAssembly();
  assembly.define({
    takes: { order: "i32" },
    gives: "i32",
    exportedAs: "read",
    body: ({ order }, local) => {
      const [at, end] = [local("i32"), local("i32")];
      const sums = Array.from({ length: 8 }, () => local("v128"));
      return [
        ...at.set(i32.load(order.get)),
        ...end.set(i32.load(order.get, 4)),
        ...repeatWhile(i32.ne(at.get, end.get), [
          ...sums.flatMap((sum, i) => sum.set(v128.or(sum.get, v128.load(at.get, 16 * i)))),
          ...addTo(at, i32.const(128)),
        ]),
        // Used, so that no compiler may leave the loads out.
        ...sums.slice(1).flatMap((sum) => sums[0]?.set(v128.or(sums[0].get, sum.get)) ?? []),
        ...(sums[0]?.get ?? []),
        ...[0xfd, 0x53], // v128.any_true
        ...[0x1a], // drop
        ...i32.const(0),
      ];
    },
  });
  const module = new WebAssembly.Module(assembly.bytes());
  const pages = Math.ceil(bytes / 65_536) + 2;
  const memory: WasmMemory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  const numbers = new Uint32Array(memory.buffer);
  // Written once: pages never written to would all be the same page of zeros.
  for (let i = 0; i < numbers.length; i += 256) numbers[i] = i;
  const threads: WasmThread[] = [];
  for (let i = 0; i < THREADS; i++) threads.push(await startWasmThread({ module, memory, entry: "read" }));
  return {
    async read(count) {
      const part = Math.floor(bytes / count / 128) * 128;
      await Promise.all(
        threads.slice(0, count).map((thread, i) => {
          numbers[i * 2] = 65_536 + i * part;
          numbers[i * 2 + 1] = 65_536 + (i + 1) * part;
          return thread.run(i * 8);
        }),
      );
    },
    async [Symbol.asyncDispose]() {
      for (const thread of threads) await thread[Symbol.asyncDispose]();
    },
  };
}

/** The obvious loop over one array, four sums: what the engine was before it had a kernel. */
function plainScan(rows: Float32Array, dimension: number, probe: Float32Array): number {
  let best = -1;
  let bestRow = -1;
  for (let start = 0; start < rows.length; start += dimension) {
    let a = 0;
    let b = 0;
    let c = 0;
    let d = 0;
    for (let i = 0; i < dimension; i += 4) {
      a += (rows[start + i] ?? 0) * (probe[i] ?? 0);
      b += (rows[start + i + 1] ?? 0) * (probe[i + 1] ?? 0);
      c += (rows[start + i + 2] ?? 0) * (probe[i + 2] ?? 0);
      d += (rows[start + i + 3] ?? 0) * (probe[i + 3] ?? 0);
    }
    const cosine = a + b + c + d;
    if (cosine > best) {
      best = cosine;
      bestRow = start;
    }
  }
  return bestRow / dimension;
}

async function timed(work: () => Promise<unknown> | number): Promise<number> {
  const startMs = performance.now();
  await work();
  return performance.now() - startMs;
}

interface Measured {
  readonly faces: number;
  readonly dimension: number;
  readonly rounds: number;
  readonly loadMs: number;
  readonly memoryMb: number;
  readonly floor1: number;
  readonly floor2: number;
  readonly accurate: number;
  readonly fast: number;
  readonly plain: number;
  readonly agree: number;
  readonly identified: number;
}

async function measure(faces: number, dimension: number): Promise<Measured> {
  const people = faces / FACES_A_PERSON;
  const startMs = performance.now();
  await using engine: SearchEngine = await openSearchEngine({
    gallery: madeUpGallery(people, dimension),
    modelId: MODEL,
    samePersonCosine: SAME_PERSON_COSINE,
    dimension,
    onFault: (error) => {
      throw error;
    },
    startThread: startWasmThread,
    threads: THREADS,
    clock: systemClock,
  });
  const loadMs = performance.now() - startMs;
  const rows = new Float32Array(faces * dimension);
  for (let i = 0; i < faces; i++) {
    rows.set(pictureOf(Math.floor(i / FACES_A_PERSON), i % FACES_A_PERSON, dimension), i * dimension);
  }
  await using floor = await openFloor(faces * dimension * 4);

  const rounds = faces >= 1_000_000 ? 30 : 100;
  const plainRounds = faces >= 1_000_000 ? 5 : 15;
  const times = { floor1: [] as number[], floor2: [] as number[], accurate: [] as number[], fast: [] as number[] };
  const plain: number[] = [];
  const random = randomOf(99);
  let agree = 0;
  let identified = 0;
  const ask = { collection: null, minScore: 0, maxResults: 10, signal: new AbortController().signal } as const;
  for (let round = -5; round < rounds; round++) {
    const identity = Math.floor(random() * people);
    const values = pictureOf(identity, FACES_A_PERSON + 1 + (round & 7), dimension);
    const probe = [templateOf(values)];
    const found = { exact: "", fast: "" };
    const spent = {
      floor1: await timed(() => floor.read(1)),
      accurate: await timed(async () => {
        found.exact = (await engine.search({ ...ask, faces: probe, mode: "ACCURATE" }))[0]?.personId ?? "";
      }),
      floor2: await timed(() => floor.read(2)),
      fast: await timed(async () => {
        found.fast = (await engine.search({ ...ask, faces: probe, mode: "FAST" }))[0]?.personId ?? "";
      }),
    };
    if (round < 0) continue;
    times.floor1.push(spent.floor1);
    times.floor2.push(spent.floor2);
    times.accurate.push(spent.accurate);
    times.fast.push(spent.fast);
    if (round < plainRounds) plain.push(await timed(() => plainScan(rows, dimension, values)));
    if (found.exact === found.fast) agree++;
    if (found.exact === idOf(identity)) identified++;
  }
  return {
    faces,
    dimension,
    rounds,
    loadMs,
    memoryMb: engine.memoryBytes() / 1e6,
    floor1: medianOf(times.floor1),
    floor2: medianOf(times.floor2),
    accurate: medianOf(times.accurate),
    fast: medianOf(times.fast),
    plain: medianOf(plain),
    agree: agree / rounds,
    identified: identified / rounds,
  };
}

const floorOf = ({ floor1, floor2 }: Measured): number => Math.min(floor1, floor2);

/**
 * One search through the whole engine against made-up people of five pictures each, both modes, beside the floor (the same
 * bytes of f32 merely read, by the same runtime, with one thread and with two; the better one counts) and a plain loop, in
 * alternating rounds of one run; medians.
 */
export async function benchSearch(): Promise<BenchResult> {
  const all: Measured[] = [];
  for (const dimension of DIMENSIONS) for (const faces of SIZES) all.push(await measure(faces, dimension));
  const at = (faces: number): Measured => {
    const found = all.find((one) => one.faces === faces && one.dimension === 512);
    if (found === undefined) throw new Error(`no measurement of ${faces}`);
    return found;
  };
  const [medium, large] = [at(100_000), at(1_000_000)];
  const ms = (value: number): string => value.toFixed(2);
  return {
    values: {
      accurate_1m_512_over_floor: large.accurate / floorOf(large),
      fast_1m_512_over_floor: large.fast / floorOf(large),
      fast_100k_512_p50_ms: medium.fast,
      growth_10x: Math.max(large.accurate / medium.accurate, large.fast / medium.fast),
      fast_recall_at_1: Math.min(...all.map(({ agree }) => agree)),
      accurate_1m_512_ms: large.accurate,
      fast_1m_512_ms: large.fast,
      floor_1m_512_ms: floorOf(large),
      plain_1m_512_ms: large.plain,
    },
    n: all.reduce((sum, { rounds }) => sum + rounds, 0),
    table: columns([
      [
        "faces",
        "dims",
        "n",
        "ACCURATE",
        "FAST",
        "floor 1 / 2 threads",
        "plain JS",
        "÷ floor",
        "FAST = exact",
        "right",
        "MB",
        "load s",
      ],
      ...all.map((one) => [
        String(one.faces),
        String(one.dimension),
        String(one.rounds),
        ms(one.accurate),
        ms(one.fast),
        `${ms(one.floor1)} / ${ms(one.floor2)}`,
        ms(one.plain),
        `${ms(one.accurate / floorOf(one))} ${ms(one.fast / floorOf(one))}`,
        one.agree.toFixed(3),
        one.identified.toFixed(3),
        one.memoryMb.toFixed(0),
        (one.loadMs / 1000).toFixed(1),
      ]),
    ]),
  };
}
