/** How much a visit looks like a picture of a person instead of a person. */
export type SuspicionLevel = "none" | "low" | "high";

export interface Liveness {
  readonly level: SuspicionLevel;
  /** Median of the passive model over the evidence, 0..1; null when not measured. */
  readonly score: number | null;
}

/** Below this the passive model calls a face a picture. It was measured to reject half of real frames: a hint, never a verdict. */
const LIVE_SCORE = 0.5;

/**
 * Suspicion from the passive model alone: never above `low`, because that model rejects real people and lets good pictures pass.
 * The place for further cues (parallax, embedding variance, bezel), which may raise it to `high`.
 */
export function suspicionOf(scores: readonly (number | null)[]): Liveness {
  const known = scores.filter((score) => score !== null).sort((a, b) => a - b);
  const median = known[Math.floor(known.length / 2)];
  if (median === undefined) return { level: "none", score: null };
  return { level: median < LIVE_SCORE ? "low" : "none", score: median };
}
