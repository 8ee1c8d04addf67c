import type { Picture } from "#core/face";
import type { Point } from "#core/geometry";

/** Mean brightness of a coarse grid over the picture, 0..255 a cell; enough to notice that somebody moves. */
export type LightGrid = Float32Array;

const COLUMNS = 32;
const ROWS = 18;
const STEP = 4;

/**
 * Mean luma of 32×18 cells from every fourth pixel of every fourth row: about 25 samples a cell at 640×360, which averages
 * sensor noise of 5 levels down to 1. Costs tens of µs.
 */
export function lightGrid(picture: Picture): LightGrid {
  const { width, height, rgb } = picture;
  const sums = new Float32Array(COLUMNS * ROWS);
  const counts = new Float32Array(COLUMNS * ROWS);
  for (let y = 0; y < height; y += STEP) {
    const row = Math.floor((y * ROWS) / height) * COLUMNS;
    for (let x = 0; x < width; x += STEP) {
      const at = (y * width + x) * 3;
      const cell = row + Math.floor((x * COLUMNS) / width);
      sums[cell] = (sums[cell] ?? 0) + (rgb[at] ?? 0) + 2 * (rgb[at + 1] ?? 0) + (rgb[at + 2] ?? 0);
      counts[cell] = (counts[cell] ?? 0) + 4;
    }
  }
  for (let cell = 0; cell < sums.length; cell++) sums[cell] = (sums[cell] ?? 0) / Math.max(1, counts[cell] ?? 1);
  return sums;
}

/** A cell that changed by this many levels has something in it that was not there before. */
const MOVED_LEVELS = 6;

/** True when any cell changed visibly between two grids of the same camera. */
export function hasMoved(before: LightGrid, now: LightGrid): boolean {
  if (before.length !== now.length) return true;
  return now.some((level, cell) => Math.abs(level - (before[cell] ?? 0)) >= MOVED_LEVELS);
}

/** Middles of the cells that changed visibly, px of the picture; none when there is nothing to compare with. */
function placesMoved(before: LightGrid | null, now: LightGrid, { width, height }: Picture): Point[] {
  const places: Point[] = [];
  for (let cell = 0; before !== null && cell < now.length; cell++) {
    if (Math.abs((now[cell] ?? 0) - (before[cell] ?? 0)) < MOVED_LEVELS) continue;
    const row = Math.floor(cell / COLUMNS);
    places.push({ x: ((cell - row * COLUMNS + 0.5) * width) / COLUMNS, y: ((row + 0.5) * height) / ROWS });
  }
  return places;
}

export interface Attention {
  readonly grid: LightGrid | null;
  readonly lookedAtMs: number;
  /** Where something had moved at that look since the one before, px. */
  readonly moved: readonly Point[];
}

export const NO_ATTENTION: Attention = { grid: null, lookedAtMs: Number.NEGATIVE_INFINITY, moved: [] };

/** With nothing moving, one look each two seconds still finds a face that was there all along. */
const IDLE_LOOK_MS = 2000;

/**
 * Whether this frame is worth a look for faces: always while somebody is being tracked, when something moved since the last
 * look, or when the last look is two seconds old. Returns the new state when it is, null when it is not.
 */
export function worthLooking(state: Attention, picture: Picture, atMs: number, tracking: boolean): Attention | null {
  const grid = lightGrid(picture);
  const idle =
    !tracking && state.grid !== null && atMs - state.lookedAtMs < IDLE_LOOK_MS && !hasMoved(state.grid, grid);
  return idle ? null : { grid, lookedAtMs: atMs, moved: placesMoved(state.grid, grid, picture) };
}
