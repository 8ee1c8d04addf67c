import type { Box, Point } from "#core/geometry";

interface Size {
  readonly width: number;
  readonly height: number;
}

/** What a face finder can see of a picture at one look. */
export interface CloseUp {
  /** Part of a large picture that a close look shows, px. */
  readonly tile: Size;
  /** A picture up to this size is seen well enough as a whole, px. */
  readonly whole: Size;
}

/** Which parts of a large picture were looked at closely, and when. */
export interface TilePlan {
  /** Looks so far. */
  readonly turn: number;
  /** For each place of the grid the turn it was last looked at, 0 = never. */
  readonly servedAt: readonly number[];
}

export const NO_TILES: TilePlan = { turn: 0, servedAt: [] };

/** Close looks a picture may cost at most; what is left over comes first at the next one. */
export const TILES_A_LOOK = 3;

/**
 * Chooses the parts of a large picture that are worth a close look: where something moved since the last look, and where a known
 * face is that the look at the whole would miss; where nothing moves, the parts that have waited longest, for whoever stands still.
 * Every part that is wanted gets its turn: whoever has waited longest goes first. No tiles for a picture that is seen well as a whole.
 */
export function planTiles(
  plan: TilePlan,
  picture: Size,
  { tile, whole }: CloseUp,
  wanted: { readonly moved: readonly Point[]; readonly faces: readonly Box[] },
): { plan: TilePlan; tiles: readonly Box[] } {
  if (picture.width <= whole.width && picture.height <= whole.height) return { plan: NO_TILES, tiles: [] };
  const grid = gridOver(picture, tile);
  const known = plan.servedAt.length === grid.length ? plan : { turn: plan.turn, servedAt: grid.map(() => 0) };
  const turn = known.turn + 1;
  // A face half as high as a close look is found by the look at the whole.
  const small = wanted.faces.filter(({ height }) => height < tile.height / 2);
  const places = [
    ...small.map(({ left, top, width, height }) => ({ x: left + width / 2, y: top + height / 2 })),
    ...wanted.moved,
  ];
  const asked = new Set(places.map((place) => nearestTile(grid, place)));
  const waiting = (asked.size > 0 ? [...asked] : [...grid.keys()]).sort(
    // Equally old: known faces, which were put in first, keep their place.
    (a, b) => (known.servedAt[a] ?? 0) - (known.servedAt[b] ?? 0),
  );
  const chosen = waiting.slice(0, TILES_A_LOOK);
  const servedAt = known.servedAt.map((served, index) => (chosen.includes(index) ? turn : served));
  return { plan: { turn, servedAt }, tiles: chosen.flatMap((index) => grid[index] ?? []) };
}

/** Tiles of the size of a close look over the whole picture, each next one half a tile further, so that no face is always cut. */
function gridOver(picture: Size, tile: Size): Box[] {
  const width = Math.min(tile.width, picture.width);
  const height = Math.min(tile.height, picture.height);
  return startsOf(picture.height, height).flatMap((top) =>
    startsOf(picture.width, width).map((left) => ({ left, top, width, height })),
  );
}

function startsOf(whole: number, part: number): number[] {
  const rest = whole - part;
  const steps = Math.ceil(rest / (part / 2));
  return Array.from({ length: steps + 1 }, (_, i) => (steps === 0 ? 0 : Math.round((i * rest) / steps)));
}

/** The tile in whose middle a place lies most. */
function nearestTile(grid: readonly Box[], { x, y }: Point): number {
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  for (const [index, { left, top, width, height }] of grid.entries()) {
    const distance = Math.max(Math.abs(x - left - width / 2) / width, Math.abs(y - top - height / 2) / height);
    if (distance >= least) continue;
    best = index;
    least = distance;
  }
  return best;
}
