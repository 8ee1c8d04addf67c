import { type Box, centreOf, isCutByEdge, isInsideZone, type Point } from "#core/geometry";

/** A decoded picture: `rgb` holds width × height × 3 bytes, row by row, no padding. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly rgb: Uint8Array;
}

/** Left eye, right eye, nose tip, left and right mouth corner (as seen in the picture), px. */
export type FivePoints = readonly [Point, Point, Point, Point, Point];

/** What detection and landmarks know of a face; cheap, made for every look. */
export interface FoundFace {
  readonly box: Box;
  /** Detector confidence, 0..1. */
  readonly confidence: number;
  readonly points: FivePoints;
  /** |nose offset from the eyes' middle, along the eye line| / eye distance: 0 frontal, about 0.5 profile. */
  readonly yaw: number;
  /** Standard deviation of the Laplacian of the aligned grey face, 0..255 scale: low is blurred. */
  readonly sharpness: number;
}

/** A face's embedding, comparable only with templates of the same model. */
export interface Template {
  readonly modelId: string;
  /** Unit length. Never logged, never published. */
  readonly values: Float32Array;
  /** Length of the vector before normalisation: low for blur, profile and non-faces. */
  readonly norm: number;
}

/** What recognition adds; dear (tens of ms), made only for a face that may be searched now. */
export interface FaceDescription {
  readonly template: Template;
  /** Passive liveness model's score 0..1 (1 = live); weak evidence, null when the model is off. */
  readonly liveness: number | null;
}

/** Why a face is not evidence. Closed set; counted and shown. */
export const QUALITY_FAULTS = [
  "too_small",
  "cut_by_edge",
  "outside_zone",
  "turned_away",
  "blurred",
  "weak_template",
] as const;
export type QualityFault = (typeof QUALITY_FAULTS)[number];

export interface QualityRules {
  /** Smallest face height that counts, px. */
  readonly minFacePx: number;
  /** Largest yaw proxy that counts. */
  readonly maxYaw: number;
  /** Smallest sharpness that counts. */
  readonly minSharpness: number;
  /** Smallest embedding norm that counts (a property of the model). */
  readonly minNorm: number;
  /** Up to here a face that is turned further, or whose template is weaker, counts too, if it scores higher; null = it never does. */
  readonly borderline: { readonly maxYaw: number; readonly minNorm: number } | null;
  /** Corners in fractions of the picture; empty = everywhere. */
  readonly zone: readonly Point[];
}

/** True when the face is large enough for this camera to be somebody's visit. */
export function isLargeEnough(face: FoundFace, rules: QualityRules): boolean {
  return face.box.height >= rules.minFacePx;
}

/** First reason why this face must not be searched, judged before the dear models run; null = good. */
export function outlineFault(
  face: FoundFace,
  picture: { width: number; height: number },
  rules: QualityRules,
): QualityFault | null {
  if (!isLargeEnough(face, rules)) return "too_small";
  if (isCutByEdge(face.box, picture)) return "cut_by_edge";
  if (!isInsideZone(centreOf(face.box), picture, rules.zone)) return "outside_zone";
  // Written so that a number that is none is never good enough.
  if (!(face.yaw <= Math.max(rules.maxYaw, rules.borderline?.maxYaw ?? 0))) return "turned_away";
  if (!(face.sharpness >= rules.minSharpness)) return "blurred";
  return null;
}

/** The verdict that needs the embedding: a norm that is low, or not a number at all, is no evidence. */
export function templateFault(template: Template, rules: QualityRules): QualityFault | null {
  const least = Math.min(rules.minNorm, rules.borderline?.minNorm ?? rules.minNorm);
  return template.norm >= least ? null : "weak_template";
}

/** True for a face that counts only where it scores higher than a clear one must. */
export function isBorderline(face: FoundFace, template: Template, { maxYaw, minNorm }: QualityRules): boolean {
  return !(face.yaw <= maxYaw && template.norm >= minNorm);
}
