import type { FrameCues } from "#core/frame-cues";
import type { Evidence } from "#core/visit";

/** What a door does with the cues: nothing, record them, refuse by them, or ask a service on the network besides. */
export const LIVENESS_MODES = ["off", "monitor", "require", "cloud"] as const;
export type LivenessMode = (typeof LIVENESS_MODES)[number];

/** What a door demands before it believes that a face is a person's. */
export interface LivenessPolicy {
  readonly mode: LivenessMode;
  /**
   * How long somebody has to confirm a doubtful visit, or the service every visit of a door in mode `cloud`, ms; null = nobody is asked,
   * such visits are refused.
   */
  readonly askWithinMs: number | null;
}

/** What speaks for a picture of a person instead of a person. Closed set: stored and published by these words. */
export const LIVENESS_CUES = [
  "passive_model",
  "still_face",
  "flat_motion",
  "frame_around_face",
  "looped_stream",
  "two_places",
] as const;
export type LivenessCue = (typeof LIVENESS_CUES)[number];

/** How much a visit looks like a picture of a person instead of a person. */
export type SuspicionLevel = "none" | "low" | "high";

export interface Liveness {
  readonly level: SuspicionLevel;
  /** Median of the passive model over the evidence, 0..1; null when not measured. */
  readonly score: number | null;
  /** What was seen, in the order of LIVENESS_CUES. */
  readonly cues: readonly LivenessCue[];
}

/** Below this the passive model calls a face a picture. It was measured to reject half of real frames: a hint, never a verdict. */
const LIVE_SCORE = 0.5;
/** Frames, and the time between the first and the last of them, that the cues need before their silence says anything. */
const ENOUGH_FRAMES = 3;
const ENOUGH_MS = 1500;

/** Median likeness of one frame's face to the next above which a face is too much the same (docs/liveness.md has the figures). */
const STILL_LIKENESS = 0.97;
/** Spread of the nose in the face's plane (standard deviation, both directions together) under which nothing stands before it. */
const FLAT_SPREAD = 0.012;
/** An edge goes with the face when its distance stays within so many face heights … */
const SAME_DISTANCE = 0.2;
/** … in this share of the frames … */
const MOSTLY = 0.7;
/** … while the face moved, or grew, so far that an edge of the room would have been left behind by so many face heights. */
const LEFT_BEHIND = 0.25;
/** Sides with such an edge that look like a frame; one more, and it is one beyond reasonable doubt. */
const SIDES_OF_A_FRAME = 2;
/** Frames that were there before, with which a stream is a loop: one can be chance. */
const REPEATED_FRAMES = 2;

type Cues = readonly FrameCues[];

function medianOf(values: readonly number[]): number | null {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? null;
}

function spreadOf(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
}

function isStill(cues: Cues): boolean {
  const likeness = medianOf(cues.flatMap((frame) => frame.likeness ?? []));
  return cues.length >= ENOUGH_FRAMES && likeness !== null && likeness > STILL_LIKENESS;
}

function isFlat(cues: Cues): boolean {
  const noses = cues.flatMap(({ nose }) => nose ?? []);
  if (noses.length < ENOUGH_FRAMES) return false;
  const spread = spreadOf(noses.map(({ across }) => across)) + spreadOf(noses.map(({ down }) => down));
  return Math.sqrt(spread) < FLAT_SPREAD;
}

/** True when the edge on this side kept its distance to the face though the face moved enough to leave a wall's edge behind. */
function goesAlong(cues: Cues, side: keyof FrameCues["edges"]): boolean {
  const seen = cues.flatMap(({ place, edges }) => {
    const distance = edges[side];
    return distance === null ? [] : [{ distance, place }];
  });
  const usual = medianOf(seen.map(({ distance }) => distance));
  if (usual === null) return false;
  const alike = seen.filter(({ distance }) => Math.abs(distance - usual) <= SAME_DISTANCE);
  if (alike.length < ENOUGH_FRAMES || alike.length < MOSTLY * cues.length) return false;
  const sign = side === "left" || side === "above" ? -1 : 1;
  // Where the edge was in the picture, px: an edge of the room stays there.
  const places = alike.map(
    ({ distance, place }) => (side === "left" || side === "right" ? place.x : place.y) + sign * distance * place.height,
  );
  const moved = Math.max(...places) - Math.min(...places);
  return moved >= LEFT_BEHIND * Math.min(...alike.map(({ place }) => place.height));
}

function framedSides(cues: Cues): number {
  return (["left", "right", "above", "below"] as const).filter((side) => goesAlong(cues, side)).length;
}

/** Everything in a visit's evidence that speaks for a picture, and how much it is. Pure; NaN and missing numbers are no cue. */
export function livenessOf(evidence: readonly Evidence[]): Liveness {
  const score = medianOf(evidence.flatMap(({ liveness }) => liveness ?? []));
  const cues: Cues = evidence.flatMap((frame) => frame.cues ?? []);
  const sides = framedSides(cues);
  const found: Readonly<Record<LivenessCue, boolean>> = {
    passive_model: score !== null && score < LIVE_SCORE,
    still_face: isStill(cues),
    flat_motion: isFlat(cues),
    frame_around_face: sides >= SIDES_OF_A_FRAME,
    looped_stream: cues.filter(({ repeatOfMs }) => repeatOfMs !== null).length >= REPEATED_FRAMES,
    two_places: cues.some(({ alsoAt }) => alsoAt !== null),
  };
  const named = LIVENESS_CUES.filter((cue) => found[cue]);
  // All other cues can happen to a person who stands still, or beside something that moves with them.
  const isDamning = sides > SIDES_OF_A_FRAME || found.looped_stream;
  return { level: isDamning ? "high" : named.length > 0 ? "low" : "none", score, cues: named };
}

/** True when everything was measured, in enough frames over enough time, for the silence of the cues to say something. */
export function isJudged(evidence: readonly Evidence[]): boolean {
  // A score that is no number says nothing, and must not count as silence.
  const measured = evidence.filter(({ cues, liveness }) => cues !== null && Number.isFinite(liveness));
  const times = measured.map(({ capturedAtMs }) => capturedAtMs);
  return measured.length >= ENOUGH_FRAMES && Math.max(...times) - Math.min(...times) >= ENOUGH_MS;
}
