import type { Picture } from "#core/face";

/** Cells of the small picture that a view is judged by: 10×10 px each at 640×360. */
export const SCENE_COLUMNS = 64;
export const SCENE_ROWS = 36;

/** Samples a cell, across and down: twelve bring sensor noise of 3 levels down to 1. */
const ACROSS = 4;
const DOWN = 3;
/** Distance over which sharpness is measured, px to each side: a focused edge is done within it. */
const REACH = 2;
/** Share of the samples that are the picture's edges; the level they reach is its sharpness. */
const EDGES = 0.01;

/** What one picture is like, whatever it shows. */
export interface Scene {
  /** Mean luma of SCENE_COLUMNS × SCENE_ROWS cells, 0..255, row by row; overwritten by the next read. */
  readonly cells: Float32Array;
  /** Mean of the cells, 0..255. */
  readonly light: number;
  /** Standard deviation of the cells: 0 is one even surface. */
  readonly contrast: number;
  /** Step in brightness over 4 px that the steepest 1 % of the picture reaches, 0..255. Noise alone reaches about 15. */
  readonly sharpness: number;
  /** Of the sampled bytes; equal for pictures that are byte for byte the same, different for nearly all others. */
  readonly fingerprint: number;
}

/**
 * Makes the reader of one camera's pictures. It samples 256×108 places whatever the size, so a picture costs the same small time
 * (`npm run bench -- faces` has a find at several ms; this is a few tenths of one) and nothing is allocated for it.
 */
export function createSceneReader(): (picture: Picture) => Scene {
  const columns = SCENE_COLUMNS * ACROSS;
  const rows = SCENE_ROWS * DOWN;
  const cells = new Float32Array(SCENE_COLUMNS * SCENE_ROWS);
  const steps = new Uint32Array(256);
  const at = new Uint32Array(columns);
  let placedFor = 0;

  return ({ width, height, rgb }) => {
    if (placedFor !== width) {
      for (let i = 0; i < columns; i++) at[i] = within(((i + 0.5) * width) / columns, width) * 3;
      placedFor = width;
    }
    cells.fill(0);
    steps.fill(0);
    let hash = 0x811c9dc5;
    const side = Math.min(REACH, (width - 1) >> 1) * 3;
    const above = Math.min(REACH, (height - 1) >> 1) * width * 3;
    for (let y = 0; y < rows; y++) {
      const line = within(((y + 0.5) * height) / rows, height) * width * 3;
      const firstCell = Math.floor(y / DOWN) * SCENE_COLUMNS;
      for (let x = 0; x < columns; x++) {
        const pixel = line + (at[x] as number);
        const red = rgb[pixel] as number;
        const green = rgb[pixel + 1] as number;
        const blue = rgb[pixel + 2] as number;
        const cell = firstCell + ((x / ACROSS) | 0);
        cells[cell] = (cells[cell] as number) + red + 2 * green + blue;
        // FNV-1a over whole pixels: cheap, and any changed sample changes it.
        hash = Math.imul(hash ^ (red | (green << 8) | (blue << 16)), 0x01000193);
        // Green alone, the bulk of luma, is enough for an edge.
        const step = Math.max(
          Math.abs((rgb[pixel + side + 1] ?? green) - (rgb[pixel - side + 1] ?? green)),
          Math.abs((rgb[pixel + above + 1] ?? green) - (rgb[pixel - above + 1] ?? green)),
        );
        steps[step] = (steps[step] as number) + 1;
      }
    }
    return {
      cells,
      ...spreadOf(cells),
      sharpness: levelReached(steps, EDGES * columns * rows),
      fingerprint: hash >>> 0,
    };
  };
}

/** A sampling place, kept far enough from the picture's border for the edge measure to stay inside its row. */
function within(place: number, size: number): number {
  const margin = Math.min(REACH, (size - 1) >> 1);
  return Math.min(Math.max(Math.floor(place), margin), size - 1 - margin);
}

/** Turns sums into means, in place, and says what they are like together. */
function spreadOf(cells: Float32Array): { light: number; contrast: number } {
  let sum = 0;
  let squares = 0;
  for (let cell = 0; cell < cells.length; cell++) {
    const mean = (cells[cell] as number) / (4 * ACROSS * DOWN);
    cells[cell] = mean;
    sum += mean;
    squares += mean * mean;
  }
  const light = sum / cells.length;
  return { light, contrast: Math.sqrt(Math.max(0, squares / cells.length - light * light)) };
}

/** Highest level that at least `count` samples reach. */
function levelReached(histogram: Uint32Array, count: number): number {
  let above = 0;
  for (let level = histogram.length - 1; level > 0; level--) {
    above += histogram[level] as number;
    if (above >= count) return level;
  }
  return 0;
}
