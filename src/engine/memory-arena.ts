import { LimenError, messageOf } from "#errors";
import type { WasmMemory } from "#ports/web-assembly";

const PAGE_BYTES = 65_536;
/** One page short of 4 GiB, so that every byte has an index a typed array can hold. */
const MAX_PAGES = 65_535;
/** Where so much address space is not to be had (small or limited machines), less is asked for. */
const SMALLER_PAGES = [16_384, 4096];
/** The memory grows by a sixteenth of itself, at least by this. */
const MIN_STEP_PAGES = 16;
const ALIGNMENT = 64;

/** The whole memory, seen as numbers of each kind. */
export interface Views {
  readonly i8: Int8Array;
  readonly i16: Int16Array;
  readonly i32: Int32Array;
  readonly u32: Uint32Array;
  readonly f32: Float32Array;
}

/** Memory shared with the search threads, given out in pieces. Pieces given back are used again; the memory never shrinks. */
export interface MemoryArena {
  readonly memory: WasmMemory;
  /** Ask for them anew after every take: growing makes new ones. */
  readonly views: Views;
  /** Bytes asked of the system so far; those never written to cost no real memory. */
  readonly bytes: number;
  /** A piece at an address that is a multiple of 64, its content undefined. Throws LIMEN_SEARCH_FAILED when there is no more. */
  take(bytes: number): number;
  giveBack(address: number, bytes: number): void;
  /** Asks the system at once for what is about to be taken, and tells from where to where it lies. Throws LIMEN_SEARCH_FAILED. */
  expect(bytes: number): { readonly from: number; readonly end: number };
}

function reserve(): { memory: WasmMemory; maximum: number } {
  let last: unknown;
  for (const maximum of [MAX_PAGES, ...SMALLER_PAGES]) {
    try {
      return { memory: new WebAssembly.Memory({ initial: 1, maximum, shared: true }), maximum };
    } catch (error) {
      last = error;
    }
  }
  throw full(last);
}

function full(cause?: unknown): LimenError {
  return new LimenError(
    "LIMEN_SEARCH_FAILED",
    `the search has no memory for more faces${cause === undefined ? "" : `: ${messageOf(cause)}`}`,
    { hint: "about 1.5 million faces of 512 numbers fit in 4 GiB; on a small machine, free some memory", cause },
  );
}

function viewsOf(buffer: SharedArrayBuffer): Views {
  return {
    i8: new Int8Array(buffer),
    i16: new Int16Array(buffer),
    i32: new Int32Array(buffer),
    u32: new Uint32Array(buffer),
    f32: new Float32Array(buffer),
  };
}

/** Reserves address space only. Throws LIMEN_SEARCH_FAILED. */
export function createMemoryArena(): MemoryArena {
  const { memory, maximum } = reserve();
  const free = new Map<number, number[]>();
  let views = viewsOf(memory.buffer);
  let pages = 1;
  // Address 0 means "none".
  let end = ALIGNMENT;

  const growTo = (bytes: number): void => {
    const wanted = Math.ceil(bytes / PAGE_BYTES);
    if (wanted > maximum) throw full();
    if (wanted <= pages) return;
    const step = Math.max(MIN_STEP_PAGES, Math.ceil(pages / 16));
    const target = Math.min(maximum, Math.max(wanted, pages + step));
    try {
      memory.grow(target - pages);
    } catch (cause) {
      throw full(cause);
    }
    pages = target;
    views = viewsOf(memory.buffer);
  };
  const sizeOf = (bytes: number): number => Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;

  return {
    memory,
    get views() {
      return views;
    },
    get bytes() {
      return pages * PAGE_BYTES;
    },
    take(bytes) {
      const size = sizeOf(bytes);
      const used = free.get(size)?.pop();
      if (used !== undefined) return used;
      growTo(end + size);
      const address = end;
      end += size;
      return address;
    },
    expect(bytes) {
      growTo(end + bytes);
      return { from: end, end: end + bytes };
    },
    giveBack(address, bytes) {
      const size = sizeOf(bytes);
      const list = free.get(size) ?? [];
      list.push(address);
      free.set(size, list);
    },
  };
}

/** A list of equal records in the arena that doubles when it is full. Its address changes then. */
export interface ArenaTable {
  readonly address: number;
  readonly capacity: number;
  /** Makes room for `count` records; new bytes are zero. */
  reach(count: number): void;
  release(): void;
}

export function createArenaTable(arena: MemoryArena, recordBytes: number, firstCapacity: number): ArenaTable {
  let address = 0;
  let capacity = 0;
  return {
    get address() {
      return address;
    },
    get capacity() {
      return capacity;
    },
    reach(count) {
      if (count <= capacity) return;
      let larger = Math.max(capacity, firstCapacity);
      while (larger < count) larger *= 2;
      const old = { address, bytes: capacity * recordBytes };
      const target = arena.take(larger * recordBytes);
      const { i8 } = arena.views;
      i8.copyWithin(target, old.address, old.address + old.bytes);
      i8.fill(0, target + old.bytes, target + larger * recordBytes);
      if (capacity > 0) arena.giveBack(old.address, old.bytes);
      address = target;
      capacity = larger;
    },
    release() {
      if (capacity > 0) arena.giveBack(address, capacity * recordBytes);
      address = 0;
      capacity = 0;
    },
  };
}
