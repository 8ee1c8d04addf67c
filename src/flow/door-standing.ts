import { type Bucket, DOOR_OPENINGS, fullBucket, takeToken, tokensAt } from "#core/throttle";

/** What one door remembers from visit to visit, whoever comes. */
export interface DoorStanding {
  /** True while the door may be opened once more. */
  mayOpen(nowMs: number): boolean;
  /** Takes one opening; false when somebody else took the last. */
  takeOpening(nowMs: number): boolean;
}

export function createDoorStanding(nowMs: number): DoorStanding {
  let openings: Bucket = fullBucket(DOOR_OPENINGS, nowMs);
  return {
    mayOpen: (atMs) => tokensAt(openings, DOOR_OPENINGS, atMs) >= 1,
    takeOpening(atMs) {
      const left = takeToken(openings, DOOR_OPENINGS, atMs);
      openings = left ?? openings;
      return left !== null;
    },
  };
}
