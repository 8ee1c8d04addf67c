import { type AccessPolicy, judgeAccess } from "#core/access";
import type { Engine } from "#core/candidate";
import type { DecisionRules } from "#core/decision-rules";
import type { EngineChoice } from "#core/engine-choice";
import type { Instant } from "#core/instant";
import type { LivenessPolicy } from "#core/liveness";
import type { LockOutRule } from "#core/lock-out";
import { isInside, type PassbackPolicy, type Stay } from "#core/passback";
import type { DenyReason } from "#core/reason";
import type { ThresholdRule } from "#core/threshold";

/**
 * How a door behaves. `shadow` decides and records but sends nothing; a new door starts there. `free_access` is `normal` without
 * hours and lists of doors for the people of its collection; it waives nothing else.
 */
export const DOOR_MODES = ["normal", "shadow", "free_access", "locked_down", "disabled"] as const;
export type DoorMode = (typeof DOOR_MODES)[number];

/** True where a grant moves the lock. */
export function opensIn(mode: DoorMode): boolean {
  return mode === "normal" || mode === "free_access";
}

/** All that the configuration says of one door: data, so that a recorded visit can be decided again under another. */
export interface DoorPolicy {
  readonly door: string;
  /** Code of the collection searched, and required. */
  readonly collection: string;
  readonly mode: DoorMode;
  readonly access: AccessPolicy;
  /** Whose answers it takes. */
  readonly engine: EngineChoice;
  readonly rules: DecisionRules;
  readonly thresholds: Readonly<Record<Engine, ThresholdRule>>;
  readonly lockOut: LockOutRule;
  readonly passback: PassbackPolicy;
  /** Doors that must be known to be shut while this one opens. */
  readonly interlockedWith: readonly string[];
  readonly liveness: LivenessPolicy;
}

/** What the gallery knows of a person, read fresh at the moment of the decision. */
export interface PersonFacts {
  readonly id: string;
  /** For finding what the configuration says of them; never published. Null where only another computer knows it. */
  readonly name: string | null;
  readonly active: boolean;
  /** Codes of the collections the person is in now, whatever the index believed when it searched. */
  readonly collections: readonly string[];
  /** Somebody else enrolled looks much like this person: both are on stricter rules. */
  readonly lookAlike: boolean;
}

/** What is true at the door at the moment of the decision, whoever stands there. */
export interface DoorFacts {
  /** Wall clock. */
  readonly at: Instant;
  /** That clock has given no reason for doubt: only then hours and dates are asked for. */
  readonly clockTrusted: boolean;
  /** The camera delivers fresh, plausible pictures. */
  readonly cameraHealthy: boolean;
  /** The door's opening budget has a token left. */
  readonly mayOpenNow: boolean;
  /** Too many strangers were refused at it a moment ago. */
  readonly lockedOut: boolean;
  /** The site's other doors that are not known to be shut. */
  readonly notShut: readonly string[];
  /** Where the people of the visit are, as far as doors know. */
  readonly stays: readonly Stay[];
}

type Rule = (policy: DoorPolicy, person: PersonFacts | null, door: DoorFacts) => DenyReason | null;

/** The door's collection is necessary whatever else is said of a person. */
const accessRefusal: Rule = (policy, person, { at, clockTrusted }) => {
  if (person === null || !person.collections.includes(policy.collection)) return "not_allowed_here";
  const passage = { door: policy.door, isFree: policy.mode === "free_access", at, clockTrusted };
  return judgeAccess(policy.access, person, passage).refusal;
};

/**
 * Who may pass here now, in order; the first refusal is the reason. Each rule is total: missing facts refuse.
 */
const RULES: readonly Rule[] = [
  ({ mode }) => (mode === "disabled" ? "door_disabled" : null),
  ({ mode }) => (mode === "locked_down" ? "door_locked_down" : null),
  (_policy, _person, { cameraHealthy }) => (cameraHealthy ? null : "camera_unhealthy"),
  (_policy, _person, { lockedOut }) => (lockedOut ? "locked_out" : null),
  (_policy, person) => (person?.active === true ? null : "person_inactive"),
  accessRefusal,
  ({ mode, passback }, person, { at, stays, clockTrusted }) =>
    mode !== "free_access" &&
    passback.mode === "hard" &&
    isInside(passback, stays, person?.id, clockTrusted ? at : null)
      ? "anti_passback"
      : null,
  ({ interlockedWith }, _person, { notShut }) =>
    interlockedWith.some((door) => notShut.includes(door)) ? "interlock" : null,
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
