import type { Picture } from "#core/face";
import { type Box, centreOf } from "#core/geometry";

/** Distance of a straight edge from the face's centre, in face heights; null = none was seen. */
export interface EdgesAround {
  readonly left: number | null;
  readonly right: number | null;
  readonly above: number | null;
  readonly below: number | null;
}

/** Cells a face height has in the small grey picture that edges are sought in. */
const CELLS = 20;
/** How far from the face's centre is looked, in face heights: a telephone at the door ends at about 1.3. */
const REACH = 1.8;
const SIDE = 2 * CELLS * REACH;
/** Nearer than this to the face's centre lie the head's own outlines, hair and hats. */
const NEAREST = 0.7;
/** An edge is sought along so much to both sides of the face's centre, in face heights. */
const ALONG = 0.9;
/** Smallest step in brightness across a cell that counts, 0..255: under it lie noise and the shades of a wall. */
const STEP = 10;
/** Share of an edge's length that must show the step, all in one direction. */
const UNBROKEN = 0.85;
/** Slants tried, in cells from the middle to either end: a hand does not hold a picture quite upright. */
const SLANTS = [0, -1, 1, -2, 2];

/**
 * Straight edges to the four sides of a face: what a telephone, a print or a frame has and a person has not. A door frame or a
 * window has them too: only edges that move with the face say anything (core/liveness). Reads about 5,000 pixels.
 */
export function edgesAround(picture: Picture, face: Box): EdgesAround {
  const grey = greyAround(picture, face);
  /** Brightness at a distance from the centre and a place along the edge, both in cells, seen from one of the four sides. */
  const views = {
    left: (out: number, along: number) => grey(-out, along),
    right: (out: number, along: number) => grey(out, along),
    above: (out: number, along: number) => grey(along, -out),
    below: (out: number, along: number) => grey(along, out),
  };
  return {
    left: nearestEdge(views.left),
    right: nearestEdge(views.right),
    above: nearestEdge(views.above),
    below: nearestEdge(views.below),
  };
}

type View = (out: number, along: number) => number;

function nearestEdge(view: View): number | null {
  for (let out = Math.ceil(NEAREST * CELLS); out < REACH * CELLS - 3; out++) {
    if (SLANTS.some((slant) => isEdge(view, out, slant))) return out / CELLS;
  }
  return null;
}

function isEdge(view: View, out: number, slant: number): boolean {
  const ends = ALONG * CELLS;
  let brighter = 0;
  let darker = 0;
  let places = 0;
  for (let along = -ends; along <= ends; along++) {
    const at = out + Math.round((slant * along) / ends);
    const step = view(at + 1, along) - view(at - 1, along);
    if (step >= STEP) brighter++;
    else if (step <= -STEP) darker++;
    places++;
  }
  return Math.max(brighter, darker) >= UNBROKEN * places;
}

/** Mean brightness of each cell around the face, 0..255; NaN outside the picture, which is no edge. */
function greyAround({ width, height, rgb }: Picture, face: Box): (x: number, y: number) => number {
  const cells = new Float32Array(SIDE * SIDE);
  const cellPx = face.height / CELLS;
  const centre = centreOf(face);
  const samples = [-0.25, 0.25];
  for (let row = 0; row < SIDE; row++) {
    for (let column = 0; column < SIDE; column++) {
      let sum = 0;
      for (const downward of samples) {
        for (const across of samples) {
          const x = Math.floor(centre.x + (column - SIDE / 2 + across) * cellPx);
          const y = Math.floor(centre.y + (row - SIDE / 2 + downward) * cellPx);
          const isInside = x >= 0 && y >= 0 && x < width && y < height;
          const pixel = (y * width + x) * 3;
          sum += isInside ? (rgb[pixel] ?? 0) + 2 * (rgb[pixel + 1] ?? 0) + (rgb[pixel + 2] ?? 0) : Number.NaN;
        }
      }
      cells[row * SIDE + column] = sum / 16;
    }
  }
  return (x, y) => cells[(y + SIDE / 2) * SIDE + x + SIDE / 2] ?? Number.NaN;
}
