import type { Picture } from "#core/face";

export interface ViewChanges {
  /** Everything so many px further right. */
  readonly right?: number;
  readonly down?: number;
  /** Brightness as a multiple. */
  readonly light?: number;
  /** Mean over so many px to each side, as a lens out of focus does. */
  readonly blurPx?: number;
  /** Somebody stands there: a patch of this share of the width, in the middle, over the whole height. */
  readonly visitor?: number;
  /** Another place altogether. */
  readonly isElsewhere?: boolean;
}

/** Left, top, right, bottom in fractions, and grey level: a wall with a door, a window, a lamp, a letter box, steps. */
const HOUSE = [
  [-1, -1, 2, 2, 150],
  [-1, 0.84, 2, 2, 95],
  [0.36, 0.12, 0.64, 0.86, 60],
  [0.38, 0.15, 0.62, 0.86, 112],
  [0.7, 0.3, 0.92, 0.6, 40],
  [0.72, 0.33, 0.8, 0.57, 190],
  [0.82, 0.33, 0.9, 0.57, 180],
  [0.08, 0.2, 0.16, 0.34, 215],
  [0.1, 0.5, 0.26, 0.62, 70],
  [0.3, 0.9, 0.7, 0.95, 150],
] as const;

const STREET = [
  [-1, -1, 2, 2, 190],
  [-1, 0.45, 2, 2, 70],
  [0.02, 0.05, 0.3, 0.45, 105],
  [0.07, 0.12, 0.12, 0.22, 30],
  [0.18, 0.12, 0.23, 0.22, 30],
  [0.45, 0.2, 0.48, 0.75, 35],
  [0.55, 0.4, 0.95, 0.68, 140],
  [0.6, 0.32, 0.86, 0.44, 55],
] as const;

/** A camera's picture of the house, with sensor noise of ±5 that differs with each `seed`. */
export function viewAt(seed: number, changes: ViewChanges = {}, width = 640, height = 360): Picture {
  const { right = 0, down = 0, light = 1, blurPx = 0, visitor = 0 } = changes;
  let grey: Float32Array = new Float32Array(width * height);
  const fill = (left: number, top: number, across: number, below: number, level: number): void => {
    for (let y = Math.max(0, Math.round(top)); y < Math.min(height, below); y++) {
      grey.fill(level, y * width + Math.max(0, Math.round(left)), y * width + Math.min(width, Math.round(across)));
    }
  };
  for (const [l, t, r, b, level] of changes.isElsewhere === true ? STREET : HOUSE) {
    fill(l * width + right, t * height + down, r * width + right, b * height + down, level);
  }
  if (visitor > 0) {
    const half = visitor / 2;
    fill((0.5 - half) * width, 0.02 * height, (0.5 + half) * width, height, 88);
    fill((0.5 - half / 2) * width, 0.05 * height, (0.5 + half / 2) * width, 0.6 * height, 170);
    fill((0.5 - half / 3) * width, 0.2 * height, (0.5 + half / 3) * width, 0.26 * height, 50);
  }
  for (const along of blurPx > 0 ? [1, width, 1, width] : []) grey = meanAlong(grey, along, blurPx);
  const rgb = new Uint8Array(width * height * 3);
  let state = seed * 7919 + 17;
  for (let i = 0; i < grey.length; i++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    const level = Math.max(0, Math.min(255, (grey[i] as number) * light + ((state >> 8) % 11) - 5));
    rgb[i * 3] = level;
    rgb[i * 3 + 1] = level;
    rgb[i * 3 + 2] = level;
  }
  return { width, height, rgb };
}

function meanAlong(grey: Float32Array, stride: number, reach: number): Float32Array {
  const out = new Float32Array(grey.length);
  for (let at = 0; at < grey.length; at++) {
    let sum = 0;
    for (let i = -reach; i <= reach; i++)
      sum += grey[Math.min(Math.max(at + i * stride, 0), grey.length - 1)] as number;
    out[at] = sum / (2 * reach + 1);
  }
  return out;
}

/** One even surface right before the lens, or none at all: black. */
export function coveredView(seed: number, level: number, width = 640, height = 360): Picture {
  const rgb = new Uint8Array(width * height * 3);
  for (let i = 0; i < rgb.length; i++) rgb[i] = Math.max(0, level + ((i * 31 + seed * 101 + (i >> 5)) % 5) - 2);
  return { width, height, rgb };
}
