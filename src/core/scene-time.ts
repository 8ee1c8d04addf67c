/** Time as it passes in the pictures, for speeds; ages and deadlines go by when pictures arrived. */
export interface SceneTime {
  /** Ms since some moment before the first picture. */
  readonly atMs: number;
  readonly sequence: number;
  /** Monotonic ms at which the picture arrived. */
  readonly arrivedAtMs: number;
}

/**
 * The scene's time in the next picture. On a busy machine pictures arrive late and in heaps, and whoever is seen twice with half a
 * second between seems to creep; so no picture is taken to be further from the one before than `lookIntervalMs` allows, the pictures
 * nobody looked at counted. A camera slower than that makes people seem faster than they are, never slower.
 */
export function nextSceneTime(
  before: SceneTime | null,
  picture: { readonly sequence: number; readonly capturedAtMs: number },
  lookIntervalMs: number,
): SceneTime {
  const { sequence, capturedAtMs: arrivedAtMs } = picture;
  if (before === null) return { atMs: 0, sequence, arrivedAtMs };
  const elapsedMs = Math.min(
    arrivedAtMs - before.arrivedAtMs,
    Math.max(1, sequence - before.sequence) * lookIntervalMs,
  );
  return { atMs: before.atMs + Math.max(0, elapsedMs), sequence, arrivedAtMs };
}
