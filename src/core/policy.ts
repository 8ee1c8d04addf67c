import type { DenyReason } from "#core/reason";

/** How a door behaves. `shadow` decides and records but sends nothing; a new door starts there. */
export const DOOR_MODES = ["normal", "shadow", "locked_down", "disabled"] as const;
export type DoorMode = (typeof DOOR_MODES)[number];

/** What is known of a recognised person at the moment of the decision, read fresh from the gallery. */
export interface PersonFacts {
  readonly id: string;
  readonly active: boolean;
  /** In the door's collection now, whatever the index believed when it searched. */
  readonly inCollection: boolean;
}

export interface DoorFacts {
  readonly mode: DoorMode;
  /** The camera delivers fresh, plausible pictures. */
  readonly cameraHealthy: boolean;
  /** The door's opening budget has a token left. */
  readonly mayOpenNow: boolean;
}

type Rule = (person: PersonFacts | null, door: DoorFacts) => DenyReason | null;

/**
 * Who may pass here now, in order; the first refusal is the reason. Each rule is total: missing facts refuse.
 * Schedules, validity dates, the watch list, anti-passback and lock-out are further rows of this table.
 */
const RULES: readonly Rule[] = [
  (_, door) => (door.mode === "disabled" ? "door_disabled" : null),
  (_, door) => (door.mode === "locked_down" ? "door_locked_down" : null),
  (_, door) => (door.cameraHealthy ? null : "camera_unhealthy"),
  (person) => (person?.active === true ? null : "person_inactive"),
  (person) => (person?.inCollection === true ? null : "not_allowed_here"),
  (_, door) => (door.mayOpenNow ? null : "rate_limited"),
];

/** Why this recognised person may not pass, or null when they may. An unknown id (null) is refused. */
export function refusalOf(person: PersonFacts | null, door: DoorFacts): DenyReason | null {
  for (const rule of RULES) {
    const refusal = rule(person, door);
    if (refusal !== null) return refusal;
  }
  return null;
}
