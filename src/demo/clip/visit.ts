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

/** Somebody walks up to the door, waits, and goes. */
export interface ClipVisit {
  readonly id: string;
  readonly label: string;
  /** The enrolled person it shows; null = nobody the gallery knows. */
  readonly person: string | null;
  readonly expected: "granted" | "denied";
  /** True: what is shown to the camera is a picture of the person, on a telephone unless told otherwise. */
  readonly isPictureAttack?: boolean;
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

/**
 * How many times smaller the person is `atS` seconds into a visit than at the door: walks up for 2.5 s, stands for 2 s, walks
 * away for 1.5 s.
 */
export function distanceAt(atS: number, shape: ClipShape): number {
  const away = 1 - clip(atS / APPROACH_S) + clip((atS - LEAVE_FROM_S) / (VISIT_S - LEAVE_FROM_S));
  return 1 + (farDistance(shape) - 1) * away;
}

/** The same as an ffmpeg expression of `atS`, itself an expression. */
export function distanceExpression(atS: string, shape: ClipShape): string {
  const spread = (farDistance(shape) - 1).toFixed(4);
  const leaving = `clip((${atS}-${LEAVE_FROM_S})/${VISIT_S - LEAVE_FROM_S},0,1)`;
  return `(1+${spread}*(1-clip((${atS})/${APPROACH_S},0,1)+${leaving}))`;
}

function clip(value: number): number {
  return Math.min(1, Math.max(0, value));
}
