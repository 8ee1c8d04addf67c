import { createGate } from "#engine/gate";
import { type Kernel, kernelModule, SCAN } from "#engine/kernel";
import { BLOCK_FACES, LANE } from "#engine/kernel-layout";
import type { MemoryArena } from "#engine/memory-arena";
import { roundProbe } from "#engine/rounding";
import { LimenError } from "#errors";
import type { Clock } from "#ports/clock";
import type { StartWasmThread, WasmThread } from "#ports/wasm-thread";

export interface ScanOrder {
  readonly faces: number;
  readonly dimension: number;
  readonly blockTable: number;
  readonly persons: number;
  readonly members: { readonly address: number; readonly bits: number } | null;
  /** Share of the faces that are read, 0..1: how long it will take. */
  readonly share: number;
  readonly fast: boolean;
  /** Most people to name. */
  readonly capacity: number;
  /** Cosine below which nobody is named, and from which on all are equal. */
  readonly floor: number;
  readonly ceiling: number;
  /** Unit or zero, as long as a row. */
  readonly probe: Float32Array;
}

export interface Ranked {
  readonly person: number;
  /** Exact, clamped to 0..ceiling. */
  readonly cosine: number;
}

export interface ScanCounts {
  readonly here: number;
  readonly inThreads: number;
  /** Faces that scans in FAST mode read in f32 too. */
  readonly judgedAgain: number;
}

/** Runs the kernel: here while that is short, in threads of its own when it would hold up everything else. */
export interface Scanner extends AsyncDisposable {
  /**
   * The best people, best first. Nothing of the memory may change until it has resolved or rejected.
   * Throws LIMEN_SEARCH_FAILED when a thread failed, LIMEN_SEARCH_DEADLINE when the signal aborted; never a partial answer.
   */
  scan(order: ScanOrder, signal: AbortSignal): Promise<Ranked[]>;
  /** Scans so far, by where they ran. */
  readonly counts: ScanCounts;
}

/** A slow machine reads 4 GiB in this time; a thread that takes longer is stuck. */
const STUCK_MS = 10_000;
/** What a byte costs until it has been measured, ms: 5 GB/s, a small machine. */
const FIRST_GUESS_MS_PER_BYTE = 2e-7;

const closed = (): LimenError => new LimenError("LIMEN_SEARCH_FAILED", "the search has been closed");

const orderOf = (a: Ranked, b: Ranked, comesFirst: (a: number, b: number) => number): number =>
  b.cosine - a.cosine || comesFirst(a.person, b.person);

export function createScanner(options: {
  arena: MemoryArena;
  kernel: Kernel;
  /** Compares the ids of two person numbers; for ties between the answers of two threads. */
  compare: (a: number, b: number) => number;
  /** Threads at most; 0 = everything runs here. */
  threads: number;
  /** A scan that is expected to take longer leaves this thread, ms. */
  longestHereMs: number;
  /** Each thread taking part should have this much to do, ms. */
  worthAThreadMs: number;
  startThread?: StartWasmThread;
  clock?: Clock;
}): Scanner {
  const { arena, clock, kernel, startThread } = options;
  const most = startThread === undefined ? 0 : options.threads;
  const lanes = Array.from({ length: most + 1 }, () => arena.take(LANE.bytes));
  const [ownLane = 0, ...threadLanes] = lanes;
  const threads = new Map<number, WasmThread>();
  const oneAtATime = createGate();
  const costs = { exact: FIRST_GUESS_MS_PER_BYTE, fast: FIRST_GUESS_MS_PER_BYTE };
  const counts = { here: 0, inThreads: 0, judgedAgain: 0 };
  let isClosed = false;

  /** Writes an order into a lane, for the blocks from `first` to before `end`. */
  const brief = (lane: number, order: ScanOrder, first: number, end: number): void => {
    const { u32, f32, i16 } = arena.views;
    const number = (field: number, value: number): void => {
      u32[(lane + field) / 4] = value;
    };
    const real = (field: number, value: number): void => {
      f32[(lane + field) / 4] = value;
    };
    number(LANE.count, 0);
    number(LANE.cancelled, 0);
    number(LANE.exactFaces, 0);
    number(LANE.blockTable, order.blockTable);
    number(LANE.firstBlock, first);
    number(LANE.endBlock, end);
    number(LANE.lastBlockFaces, Math.min(BLOCK_FACES, order.faces - (end - 1) * BLOCK_FACES));
    number(LANE.members, order.members?.address ?? 0);
    number(LANE.memberBits, order.members?.bits ?? 0);
    number(LANE.persons, order.persons);
    number(LANE.capacity, order.capacity);
    real(LANE.threshold, order.floor);
    real(LANE.ceiling, order.ceiling);
    number(LANE.dimension, order.dimension);
    number(LANE.fast, order.fast ? 1 : 0);
    f32.set(order.probe, (lane + LANE.probe32) / 4);
    const steps = new Int16Array(order.dimension);
    const { scale, errorPerResidual, error } = roundProbe(order.probe, steps);
    i16.set(steps, (lane + LANE.probe16) / 2);
    real(LANE.probeScale, scale);
    real(LANE.errorPerResidual, errorPerResidual);
    real(LANE.error, error);
  };

  const answerIn = (lane: number): Ranked[] => {
    const { u32, f32 } = arena.views;
    if (u32[(lane + LANE.fast) / 4] === 1) counts.judgedAgain += u32[(lane + LANE.exactFaces) / 4] ?? 0;
    return Array.from({ length: u32[(lane + LANE.count) / 4] ?? 0 }, (_, i) => ({
      person: u32[(lane + LANE.ranked) / 4 + i] ?? 0,
      cosine: f32[(lane + LANE.ranks) / 4 + i] ?? 0,
    }));
  };

  /** One list of several: the best place of each person, in order. */
  const merge = (answers: readonly Ranked[][], capacity: number): Ranked[] => {
    const seen = new Set<number>();
    return answers
      .flat()
      .sort((a, b) => orderOf(a, b, options.compare))
      .filter(({ person }) => !seen.has(person) && seen.add(person))
      .slice(0, capacity);
  };

  const threadOf = async (lane: number): Promise<WasmThread> => {
    const known = threads.get(lane);
    if (known !== undefined) return known;
    if (isClosed || startThread === undefined) throw closed();
    const started = await startThread({ module: kernelModule(), memory: arena.memory, entry: SCAN });
    if (isClosed) {
      await started[Symbol.asyncDispose]();
      throw closed();
    }
    threads.set(lane, started);
    return started;
  };

  /** One lane in its thread. Only when the thread has answered or is dead does this settle: the memory is free again then. */
  const runInThread = async (lane: number): Promise<void> => {
    const thread = await threadOf(lane);
    const timer = new AbortController();
    const stuck = clock?.sleep(STUCK_MS, timer.signal).then(
      () => {
        throw new LimenError("LIMEN_SEARCH_FAILED", `the search thread gave no answer for ${STUCK_MS / 1000} s`);
      },
      () => new Promise<never>(() => {}),
    );
    try {
      const result = await Promise.race([thread.run(lane), ...(stuck === undefined ? [] : [stuck])]);
      if (result !== 0 && arena.views.u32[(lane + LANE.cancelled) / 4] === 0) {
        throw new LimenError("LIMEN_SEARCH_FAILED", "the search thread gave an answer that is none");
      }
    } catch (error) {
      threads.delete(lane);
      await thread[Symbol.asyncDispose]();
      throw error;
    } finally {
      timer.abort();
    }
  };

  const scanInThreads = async (order: ScanOrder, used: readonly number[], signal: AbortSignal): Promise<Ranked[]> => {
    signal.throwIfAborted();
    const blocks = Math.ceil(order.faces / BLOCK_FACES);
    for (const [i, lane] of used.entries()) {
      brief(lane, order, Math.floor((blocks * i) / used.length), Math.floor((blocks * (i + 1)) / used.length));
    }
    const cancel = (): void => {
      for (const lane of used) Atomics.store(arena.views.i32, (lane + LANE.cancelled) / 4, 1);
    };
    signal.addEventListener("abort", cancel, { once: true });
    try {
      const settled = await Promise.allSettled(used.map(runInThread));
      for (const outcome of settled) if (outcome.status === "rejected") throw outcome.reason;
    } finally {
      signal.removeEventListener("abort", cancel);
    }
    signal.throwIfAborted();
    counts.inThreads++;
    return merge(used.map(answerIn), order.capacity);
  };

  const scanHere = (order: ScanOrder): Ranked[] => {
    brief(ownLane, order, 0, Math.ceil(order.faces / BLOCK_FACES));
    if (kernel.scan(ownLane) !== 0)
      throw new LimenError("LIMEN_SEARCH_FAILED", "the search gave an answer that is none");
    counts.here++;
    return answerIn(ownLane);
  };

  return {
    counts,

    async scan(order, signal) {
      const kind = order.fast ? "fast" : "exact";
      const bytes = order.faces * order.share * order.dimension * (order.fast ? 1 : 4);
      const expectedMs = bytes * costs[kind];
      const used = threadLanes.slice(0, Math.max(1, Math.floor(expectedMs / options.worthAThreadMs)));
      const isShort = used.length === 0 || expectedMs <= options.longestHereMs;
      let startMs = performance.now();
      const answer = isShort
        ? scanHere(order)
        : await oneAtATime.alone(() => {
            startMs = performance.now();
            return scanInThreads(order, used, signal);
          });
      // Small scans are all overhead: they say nothing of what a byte costs.
      const spentMs = (performance.now() - startMs) * (isShort ? 1 : used.length);
      if (bytes > 1e6) costs[kind] += (spentMs / bytes - costs[kind]) / 8;
      return answer;
    },

    async [Symbol.asyncDispose]() {
      isClosed = true;
      await Promise.all([...threads.values()].map((thread) => thread[Symbol.asyncDispose]()));
      threads.clear();
    },
  };
}
