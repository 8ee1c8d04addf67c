/** A part of the program that must show from time to time that it still works. */
export interface Pulse {
  /** What a person calls it. */
  readonly part: string;
  /** Monotonic ms since when it owes a sign of life; null = it owes none now (it waits for something that may never come). */
  readonly owesSinceMs: number | null;
  /** Ms it may owe one before it counts as stuck. */
  readonly allowedMs: number;
}

/** A part that gave no sign of life in time. */
export interface Stuck {
  readonly part: string;
  readonly forMs: number;
}

/**
 * Who gave no sign of life in time. `awakeSinceMs` is since when whoever asks has been looking without a gap: a program that was
 * stopped as a whole (suspended, starved) accuses none of its parts of what it missed itself; each has its whole time again.
 * A part named by several pulses is named once, with the longest.
 */
export function stuckParts(pulses: readonly Pulse[], awakeSinceMs: number, nowMs: number): readonly Stuck[] {
  const stuck = new Map<string, number>();
  for (const { part, owesSinceMs, allowedMs } of pulses) {
    if (owesSinceMs === null) continue;
    const forMs = nowMs - Math.max(owesSinceMs, awakeSinceMs);
    // What is no number is no sign of life either.
    if (!(forMs <= allowedMs)) stuck.set(part, Math.max(forMs, stuck.get(part) ?? 0));
  }
  return [...stuck].map(([part, forMs]) => ({ part, forMs }));
}

/** Whether the watchdog may be fed: only while no part is stuck. */
export function mayFeed(stuck: readonly Stuck[]): boolean {
  return stuck.length === 0;
}
