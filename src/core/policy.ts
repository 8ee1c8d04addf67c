import type { Engine } from "#core/candidate";
import type { DecisionRules } from "#core/decision-rules";
import type { Instant } from "#core/instant";
import type { LivenessPolicy } from "#core/liveness";
import type { DenyReason } from "#core/reason";
import type { ThresholdRule } from "#core/threshold";

/** How a door behaves. `shadow` decides and records but sends nothing; a new door starts there. */
export const DOOR_MODES = ["normal", "shadow", "locked_down", "disabled"] as const;
export type DoorMode = (typeof DOOR_MODES)[number];

/** All that the configuration says of one door: data, so that a recorded visit can be decided again under another. */
export interface DoorPolicy {
  readonly door: string;
  /** Code of the collection searched, and required. */
  readonly collection: string;
  readonly mode: DoorMode;
  readonly rules: DecisionRules;
  readonly thresholds: Readonly<Record<Engine, ThresholdRule>>;
  readonly liveness: LivenessPolicy;
}

/** What the gallery knows of a person, read fresh at the moment of the decision. */
export interface PersonFacts {
  readonly id: string;
  readonly active: boolean;
  /** Codes of the collections the person is in now, whatever the index believed when it searched. */
  readonly collections: readonly string[];
}

/** What is true at the door at the moment of the decision, whoever stands there. */
export interface DoorFacts {
  /** Wall clock. */
  readonly at: Instant;
  /** The camera delivers fresh, plausible pictures. */
  readonly cameraHealthy: boolean;
  /** The door's opening budget has a token left. */
  readonly mayOpenNow: boolean;
}

type Rule = (policy: DoorPolicy, person: PersonFacts | null, door: DoorFacts) => DenyReason | null;

/**
 * Who may pass here now, in order; the first refusal is the reason. Each rule is total: missing facts refuse.
 */
const RULES: readonly Rule[] = [
  ({ mode }) => (mode === "disabled" ? "door_disabled" : null),
  ({ mode }) => (mode === "locked_down" ? "door_locked_down" : null),
  (_policy, _person, { cameraHealthy }) => (cameraHealthy ? null : "camera_unhealthy"),
  (_policy, person) => (person?.active === true ? null : "person_inactive"),
  ({ collection }, person) => (person?.collections.includes(collection) === true ? null : "not_allowed_here"),
  (_policy, _person, { mayOpenNow }) => (mayOpenNow ? null : "rate_limited"),
];

/** Why this recognised person may not pass, or null when they may. An unknown id (null) is refused. */
export function refusalOf(policy: DoorPolicy, person: PersonFacts | null, door: DoorFacts): DenyReason | null {
  for (const rule of RULES) {
    const refusal = rule(policy, person, door);
    if (refusal !== null) return refusal;
  }
  return null;
}
