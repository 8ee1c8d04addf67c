import { systemClock } from "#adapters/clock/system-clock";
import { startWasmThread } from "#adapters/threads/wasm-thread";
import { openSearchEngine, type SearchEngine } from "#engine/search-engine";
import { FACES_A_PERSON, idOf, MODEL, madeUpGallery, pictureOf, randomOf, templateOf } from "./made-up-faces.js";
import { type BenchResult, columns, medianOf } from "./measure.js";
import { openFloor, plainScan, usearchScan } from "./search-rivals.js";

const SAME_PERSON_COSINE = 0.5;
const SIZES = [10_000, 100_000, 1_000_000] as const;
const DIMENSIONS = [128, 512] as const;
const THREADS = 2;

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
  readonly usearch1: number;
  readonly usearch2: number;
  readonly agree: number;
  readonly usearchAgrees: number;
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
  const usearch = { one: [] as number[], two: [] as number[] };
  const random = randomOf(99);
  let agree = 0;
  let usearchAgrees = 0;
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
    let usearchRow = -1;
    usearch.one.push(
      await timed(() => {
        usearchRow = usearchScan(rows, dimension, values, 1);
        return usearchRow;
      }),
    );
    usearch.two.push(await timed(() => usearchScan(rows, dimension, values, 2)));
    if (idOf(Math.floor(usearchRow / FACES_A_PERSON)) === found.exact) usearchAgrees++;
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
    usearch1: medianOf(usearch.one),
    usearch2: medianOf(usearch.two),
    agree: agree / rounds,
    usearchAgrees: usearchAgrees / rounds,
    identified: identified / rounds,
  };
}

const floorOf = ({ floor1, floor2 }: Measured): number => Math.min(floor1, floor2);
const usearchOf = ({ usearch1, usearch2 }: Measured): number => Math.min(usearch1, usearch2);

/**
 * One search through the whole engine against made-up people of five pictures each, both modes, beside the floor (the same
 * bytes of f32 merely read, by the same runtime, with one thread and with two; the better one counts), usearch's exact search
 * (one thread and two, over one array, without people, filters or a floor) and a plain loop, in alternating rounds of one run;
 * medians.
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
      usearch_1m_512_ms: usearchOf(large),
      accurate_1m_512_over_usearch: large.accurate / usearchOf(large),
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
        "usearch 1 / 2 threads",
        "plain JS",
        "÷ floor",
        "FAST = exact",
        "usearch = exact",
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
        `${ms(one.usearch1)} / ${ms(one.usearch2)}`,
        ms(one.plain),
        `${ms(one.accurate / floorOf(one))} ${ms(one.fast / floorOf(one))}`,
        one.agree.toFixed(3),
        one.usearchAgrees.toFixed(3),
        one.identified.toFixed(3),
        one.memoryMb.toFixed(0),
        (one.loadMs / 1000).toFixed(1),
      ]),
    ]),
  };
}
