import { SCENE_COLUMNS, SCENE_ROWS } from "#core/scene";

/** Where the camera looks, compared with where it looked before. */
export interface ViewMatch {
  /** Share of the known view's parts that are still where they were, 0..1; null while too little is known or nothing is to be seen. */
  readonly match: number | null;
  /** How far the view has moved, in fractions of the picture (0.1 right = everything is a tenth further right); null = it has not, or is another one. */
  readonly shift: { readonly right: number; readonly down: number } | null;
}

/** The learned view of one camera. */
export interface ViewMemory {
  compare(cells: Float32Array): ViewMatch;
  /** Lets the view follow slow change: `seconds` of having looked like this. */
  learn(cells: Float32Array, seconds: number): void;
  /** True when this is the view that was last seen here, and remembers it else: what a moved camera looks at now. */
  isSteady(cells: Float32Array): boolean;
  /** What the camera looks at now is the known view from here on. */
  adopt(): void;
}

/** A view is known after so long, s: before, a comparison would be one with whoever stood there at the start. */
const KNOWN_AFTER_S = 20;
/** Once known it follows what changes with this time constant, s: the sun, not a visitor. */
const FOLLOWS_S = 120;
const BLOCK = { columns: 8, rows: 6 };
/** Less edge than this in a block (standard deviation of the gradient, levels) is noise. */
const STRUCTURE = 3;
/** Two blocks look alike from this correlation of their edges on. */
const ALIKE = 0.5;
/** With fewer parts than this to go by, nothing is said. */
const FEWEST_PARTS = 4;
/** One bright lamp must not outweigh a house: gradients are capped here, levels. */
const STEEPEST = 80;
/** A shift is looked for as far as this many cells to each side: a fifth of the picture. */
const FAR = { columns: 12, rows: 8 };
/** How alike the shifted view must look as a whole, and how much more so than where it was. */
const SHIFTED_ALIKE = 0.5;
const SHIFTED_GAIN = 0.15;

/**
 * Remembers what a camera looks at by its edges, block by block, so that light, shadows and whoever stands in front of it leave most
 * blocks as they are, while a camera that was turned leaves none. Correlation ignores brightness and contrast (Lewis 1995).
 */
export function createViewMemory(): ViewMemory {
  const known = new Float32Array(SCENE_COLUMNS * SCENE_ROWS);
  const knownEdges = new Float32Array(known.length);
  const edges = new Float32Array(known.length);
  const latestEdges = new Float32Array(known.length);
  const latest = new Float32Array(known.length);
  let learnedS = 0;

  const adopt = (): void => {
    known.set(latest);
    edgesOf(known, knownEdges);
    learnedS = KNOWN_AFTER_S;
  };
  return {
    compare(cells) {
      if (learnedS < KNOWN_AFTER_S) return { match: null, shift: null };
      edgesOf(cells, edges);
      const match = shareOfBlocks(knownEdges, edges);
      return { match, shift: match === null || match >= ALIKE ? null : shiftBetween(knownEdges, edges) };
    },
    learn(cells, seconds) {
      learnedS += Math.max(0, seconds);
      const weight = learnedS === 0 ? 1 : Math.min(1, Math.max(seconds / learnedS, seconds / FOLLOWS_S));
      for (let i = 0; i < known.length; i++) {
        known[i] = (known[i] as number) + weight * ((cells[i] as number) - (known[i] as number));
      }
      edgesOf(known, knownEdges);
    },
    isSteady(cells) {
      edgesOf(cells, edges);
      if ((shareOfBlocks(latestEdges, edges) ?? 0) >= ALIKE) return true;
      latest.set(cells);
      latestEdges.set(edges);
      return false;
    },
    adopt,
  };
}

/** Unsigned gradient of each inner cell, capped; the border stays 0. */
function edgesOf(cells: Float32Array, into: Float32Array): void {
  for (let y = 1; y < SCENE_ROWS - 1; y++) {
    for (let at = y * SCENE_COLUMNS + 1; at < (y + 1) * SCENE_COLUMNS - 1; at++) {
      const across = Math.abs((cells[at + 1] as number) - (cells[at - 1] as number));
      const down = Math.abs((cells[at + SCENE_COLUMNS] as number) - (cells[at - SCENE_COLUMNS] as number));
      into[at] = Math.min(STEEPEST, across + down);
    }
  }
}

/** Share of the known view's structured blocks that correlate with the same place now; null when there are too few. */
function shareOfBlocks(known: Float32Array, now: Float32Array): number | null {
  let parts = 0;
  let alike = 0;
  for (let top = 0; top < SCENE_ROWS; top += BLOCK.rows) {
    for (let left = 0; left < SCENE_COLUMNS; left += BLOCK.columns) {
      const { correlation, spread } = correlate(known, now, { left, top, ...BLOCK }, 0);
      if (spread < STRUCTURE) continue;
      parts++;
      if (correlation >= ALIKE) alike++;
    }
  }
  return parts < FEWEST_PARTS ? null : alike / parts;
}

/** The one shift at which the whole view looks like the known one: every other cell first, then around the best. */
function shiftBetween(known: Float32Array, now: Float32Array): ViewMatch["shift"] {
  let best = { right: 0, down: 0, correlation: Number.NEGATIVE_INFINITY };
  const attempt = (right: number, down: number): void => {
    const area = {
      left: Math.max(0, -right),
      top: Math.max(0, -down),
      columns: SCENE_COLUMNS - Math.abs(right),
      rows: SCENE_ROWS - Math.abs(down),
    };
    const { correlation } = correlate(known, now, area, down * SCENE_COLUMNS + right);
    if (correlation > best.correlation) best = { right, down, correlation };
  };
  attempt(0, 0);
  const inPlace = best.correlation;
  for (let down = -FAR.rows; down <= FAR.rows; down += 2) {
    for (let right = -FAR.columns; right <= FAR.columns; right += 2) attempt(right, down);
  }
  const { right, down } = best;
  for (let y = -1; y <= 1; y++) for (let x = -1; x <= 1; x++) attempt(right + x, down + y);
  if (best.correlation < SHIFTED_ALIKE || best.correlation < inPlace + SHIFTED_GAIN) return null;
  return { right: best.right / SCENE_COLUMNS, down: best.down / SCENE_ROWS };
}

/** Pearson correlation of an area of the known view with the area `offset` cells further now, and how much structure the known one has. */
function correlate(
  known: Float32Array,
  now: Float32Array,
  area: { left: number; top: number; columns: number; rows: number },
  offset: number,
): { correlation: number; spread: number } {
  let a = 0;
  let b = 0;
  let aa = 0;
  let bb = 0;
  let ab = 0;
  for (let y = area.top; y < area.top + area.rows; y++) {
    const start = y * SCENE_COLUMNS + area.left;
    for (let at = start; at < start + area.columns; at++) {
      const before = known[at] as number;
      const after = now[at + offset] as number;
      a += before;
      b += after;
      aa += before * before;
      bb += after * after;
      ab += before * after;
    }
  }
  const n = area.columns * area.rows;
  const varianceBefore = Math.max(0, aa / n - (a / n) ** 2);
  const varianceAfter = Math.max(0, bb / n - (b / n) ** 2);
  const shared = ab / n - (a / n) * (b / n);
  const scale = Math.sqrt(varianceBefore * varianceAfter);
  return { correlation: scale > 0 ? shared / scale : 0, spread: Math.sqrt(varianceBefore) };
}
