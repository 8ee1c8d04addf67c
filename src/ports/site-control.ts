import type { DoorConcern } from "#core/door-concern";
import type { Instant } from "#core/instant";
import type { DoorHealth } from "#ports/door-controller";

/** How a door would be if somebody came now, as far as it can be told without moving it. */
export interface DoorTest extends DoorHealth {
  readonly door: string;
  readonly at: Instant;
  readonly isOk: boolean;
  readonly concerns: readonly DoorConcern[];
}

export type ThresholdAnswer = "changed" | "malformed" | "too_low" | "not_kept";

/** What may be done to the whole of Limen from afar. */
export interface SiteControl {
  /** The lowest score that may open a door, besides what is worked out; null = only that. */
  threshold(): number | null;
  /** Never below the configuration's own. */
  raise(score: number, by: string): Promise<ThresholdAnswer>;
  restart(by: string): "granted" | "rate_limited";
  /** Null = no such door. */
  test(door: string, by: string): DoorTest | null;
  /** Calls back when the threshold is another, until the returned function is called. */
  watch(listener: () => void): () => void;
}
