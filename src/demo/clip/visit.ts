/** A still, or a video from a moment on, and the part of it that shows one person. */
export interface Picture {
  /** Name inside the assets folder. */
  readonly file: string;
  /** Second at which a video starts; null = a still. */
  readonly fromS: number | null;
  /** Px of the file's own picture. */
  readonly crop: { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
  /** Height of the face in it, px of the file's own picture: sets how far the crop is enlarged. */
  readonly faceHeightPx: number;
}

/**
 * What somebody does in front of the camera: walks up to the door, waits, and goes (`up`); walks past, from left to right, at a
 * distance where their face is `facePx` high; or turns up at the door and walks away from it. `speed` is in m/s, with faces 23 cm high
 * and a lens that sees 85 degrees.
 */
export type Walk =
  | { readonly kind: "up" }
  | { readonly kind: "past"; readonly facePx: number; readonly speed: number }
  | { readonly kind: "away"; readonly facePx: number; readonly speed: number };

/** Somebody comes into view. */
export interface ClipVisit {
  readonly id: string;
  readonly label: string;
  /** The enrolled person it shows; null = nobody the gallery knows. */
  readonly person: string | null;
  readonly expected: "granted" | "denied";
  /** True: what is shown to the camera is a picture of the person, on a telephone unless told otherwise. */
  readonly isPictureAttack?: boolean;
  /** Left out: `up`. */
  readonly walk?: Walk;
  /** How far to the right of the middle they keep, in picture widths. */
  readonly aside?: number;
  /** True: at the same time as the visit before in the list, and behind it. */
  readonly isTogether?: boolean;
  readonly attackWith?: "telephone" | "print";
  readonly picture: Picture;
}

export interface ClipShape {
  readonly width: number;
  readonly height: number;
  readonly fps: number;
}

/** When, in seconds: an empty scene, then per visit the visit and an empty scene. */
export const EMPTY_S = 3;
export const VISIT_S = 6;
const APPROACH_S = 2.5;
const LEAVE_FROM_S = 4.5;

/** Face height at the door, as a part of the picture's height: 140 px of 360. */
const NEAR_FACE = 140 / 360;

/** Face height where a visit begins, px, whatever the picture's size: too small to be recognised. */
const FAR_FACE_PX = 30;

export function nearFacePx(shape: ClipShape): number {
  return NEAR_FACE * shape.height;
}

/** How many times smaller the person is at the start of a visit than at the door. */
export function farDistance(shape: ClipShape): number {
  return Math.max(1, nearFacePx(shape) / FAR_FACE_PX);
}

/** Metres that a face is high, and picture widths from the lens to where one metre is one picture width. */
const FACE_M = 0.23;
const LENS_WIDTHS = 0.55;

/** Picture widths that a face walking past moves in a second. */
export function widthsPerSecond({ facePx, speed }: { facePx: number; speed: number }, shape: ClipShape): number {
  return (speed * facePx) / FACE_M / shape.width;
}

/** How many times smaller than at the door, and how much more each second, when somebody walks away. */
function leaving({ facePx, speed }: { facePx: number; speed: number }, shape: ClipShape): { from: number; by: number } {
  const metresAtDoor = (LENS_WIDTHS * shape.width * FACE_M) / nearFacePx(shape);
  return { from: nearFacePx(shape) / facePx, by: speed / metresAtDoor };
}

/**
 * How many times smaller the person is `atS` seconds into a visit than at the door. Who comes up walks for 2.5 s, stands for 2 s, and
 * walks away for 1.5 s.
 */
export function distanceAt(atS: number, shape: ClipShape, walk: Walk = { kind: "up" }): number {
  if (walk.kind === "past") return nearFacePx(shape) / walk.facePx;
  if (walk.kind === "away") return leaving(walk, shape).from + leaving(walk, shape).by * atS;
  const away = 1 - clip(atS / APPROACH_S) + clip((atS - LEAVE_FROM_S) / (VISIT_S - LEAVE_FROM_S));
  return 1 + (farDistance(shape) - 1) * away;
}

/** The same as an ffmpeg expression of `atS`, itself an expression. */
export function distanceExpression(atS: string, shape: ClipShape, walk: Walk = { kind: "up" }): string {
  if (walk.kind === "past") return (nearFacePx(shape) / walk.facePx).toFixed(4);
  if (walk.kind === "away") {
    const { from, by } = leaving(walk, shape);
    return `(${from.toFixed(4)}+${by.toFixed(4)}*max(0,${atS}))`;
  }
  const spread = (farDistance(shape) - 1).toFixed(4);
  const away = `clip((${atS}-${LEAVE_FROM_S})/${VISIT_S - LEAVE_FROM_S},0,1)`;
  return `(1+${spread}*(1-clip((${atS})/${APPROACH_S},0,1)+${away}))`;
}

function clip(value: number): number {
  return Math.min(1, Math.max(0, value));
}
