import type { Kernel } from "#engine/kernel";
import {
  BLOCK,
  BLOCK_FACES,
  blockBytes,
  DIMENSION_STEP,
  float32At,
  NOBODY,
  PIECE_BYTES,
  WOVEN,
} from "#engine/kernel-layout";
import { createArenaTable, type MemoryArena } from "#engine/memory-arena";
import { makeUnit } from "#engine/rounding";

/** Where each person's chain of rows starts; NOBODY = no face. */
export interface Chains {
  firstRow(person: number): number;
  setFirstRow(person: number, row: number): void;
}

/**
 * Every face in memory as a row of a block, without gaps: the last row moves into the place of a removed one. The rows of one
 * person are a chain. Never to be changed while a scan runs.
 */
export interface FaceRows {
  /** Numbers a row really holds: the template's, filled up with zeros. */
  readonly dimension: number;
  readonly count: number;
  /** Address of the table of block addresses. */
  readonly blockTable: number;
  add(person: number, values: Float32Array): void;
  removeAllOf(person: number): void;
  /** Where in the memory's f32 the unit vectors of a person's faces begin. A face that was no vector (kept as zeros) is none. */
  vectorsOf(person: number): number[];
}

export function createFaceRows(
  arena: MemoryArena,
  kernel: Kernel,
  chains: Chains,
  templateDimension: number,
): FaceRows {
  const dimension = Math.ceil(templateDimension / DIMENSION_STEP) * DIMENSION_STEP;
  const bytes = blockBytes(dimension);
  const blocks: number[] = [];
  const table = createArenaTable(arena, Uint32Array.BYTES_PER_ELEMENT, 64);
  let count = 0;

  const blockOf = (row: number): number => blocks[Math.floor(row / BLOCK_FACES)] ?? 0;
  /** Index of a row's number in one of its block's lists. */
  const indexIn = (list: number, row: number): number => (blockOf(row) + list) / 4 + (row % BLOCK_FACES);
  const int8Of = (row: number, piece: number): number => {
    const inBlock = row % BLOCK_FACES;
    const inGroup = inBlock % WOVEN;
    return blockOf(row) + BLOCK.int8 + (inBlock - inGroup) * dimension + (piece * WOVEN + inGroup) * PIECE_BYTES;
  };
  const float32Of = (row: number): number =>
    (blockOf(row) + float32At(dimension)) / 4 + (row % BLOCK_FACES) * dimension;

  const nextOf = (row: number): number => arena.views.u32[indexIn(BLOCK.next, row)] ?? NOBODY;
  const setNext = (row: number, next: number): void => {
    arena.views.u32[indexIn(BLOCK.next, row)] = next;
  };

  const makeRoom = (): void => {
    if (count < blocks.length * BLOCK_FACES) return;
    table.reach(blocks.length + 1);
    const block = arena.take(bytes);
    arena.views.u32[table.address / 4 + blocks.length] = block;
    blocks.push(block);
  };

  const move = (from: number, to: number): void => {
    const { u32, f32, i8 } = arena.views;
    for (const list of [BLOCK.persons, BLOCK.next, BLOCK.scales, BLOCK.residuals]) {
      u32[indexIn(list, to)] = u32[indexIn(list, from)] ?? 0;
    }
    for (let piece = 0; piece < dimension / PIECE_BYTES; piece++) {
      const at = int8Of(from, piece);
      i8.copyWithin(int8Of(to, piece), at, at + PIECE_BYTES);
    }
    f32.copyWithin(float32Of(to), float32Of(from), float32Of(from) + dimension);
  };

  /** Moves a row and mends the chain it is in. */
  const fillGap = (from: number, to: number): void => {
    move(from, to);
    const person = arena.views.u32[indexIn(BLOCK.persons, to)] ?? NOBODY;
    let row = chains.firstRow(person);
    if (row === from) chains.setFirstRow(person, to);
    else {
      while (row !== NOBODY && nextOf(row) !== from) row = nextOf(row);
      if (row !== NOBODY) setNext(row, to);
    }
  };

  return {
    dimension,
    get count() {
      return count;
    },
    get blockTable() {
      return table.address;
    },

    add(person, values) {
      makeRoom();
      const row = count++;
      const at = float32Of(row);
      const { u32, f32 } = arena.views;
      u32[indexIn(BLOCK.persons, row)] = person;
      f32.set(values, at);
      f32.fill(0, at + values.length, at + dimension);
      // Enrolled templates are unit vectors already; looking at each number of a million of them in JavaScript takes seconds.
      if (kernel.isUnit(at * Float32Array.BYTES_PER_ELEMENT, dimension) === 0)
        makeUnit(f32.subarray(at, at + dimension));
      kernel.round(blockOf(row), row % BLOCK_FACES, dimension);
      setNext(row, chains.firstRow(person));
      chains.setFirstRow(person, row);
    },

    removeAllOf(person) {
      const rows: number[] = [];
      for (let row = chains.firstRow(person); row !== NOBODY; row = nextOf(row)) rows.push(row);
      chains.setFirstRow(person, NOBODY);
      // From the highest on: then the last row, which fills the gap, is never one of those still to go.
      for (const row of rows.sort((a, b) => b - a)) {
        const last = --count;
        if (last !== row) fillGap(last, row);
      }
      while (blocks.length * BLOCK_FACES >= count + 2 * BLOCK_FACES) {
        const block = blocks.pop();
        if (block !== undefined) arena.giveBack(block, bytes);
      }
    },

    vectorsOf(person) {
      const vectors: number[] = [];
      for (let row = chains.firstRow(person); row !== NOBODY; row = nextOf(row)) {
        // Only a vector of zeros has steps that are worth nothing.
        if (arena.views.f32[indexIn(BLOCK.scales, row)] !== 0) vectors.push(float32Of(row));
      }
      return vectors;
    },
  };
}
