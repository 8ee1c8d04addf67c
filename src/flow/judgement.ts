import { decide, type Situation, type Verdict } from "#core/decision";
import type { DoorFacts, DoorPolicy } from "#core/policy";
import type { CalibratedThreshold } from "#core/threshold";
import type { Visit } from "#core/visit";
import type { DoorStanding } from "#flow/door-standing";
import type { Engines } from "#flow/engines";
import { type Roster, readPeopleFacts } from "#flow/person-facts";
import type { Clock } from "#ports/clock";
import type { Gallery } from "#ports/gallery";

/** A verdict, and what it rests on. */
export interface Judgement {
  /** As it was at that moment. */
  readonly policy: DoorPolicy;
  readonly verdict: Verdict;
  readonly situation: Situation;
}

export interface JudgeParts {
  /** The door's policy at the moment it is asked for; its id and its collection never change. */
  readonly policy: () => DoorPolicy;
  readonly roster: Roster;
  readonly engines: Engines;
  readonly gallery: Gallery;
  readonly standing: DoorStanding;
  readonly cameraHealthy: () => boolean;
  /** The calibration in force for the door's collection, read fresh; without it there is none. */
  readonly calibration?: () => Promise<CalibratedThreshold | null>;
  readonly clock: Clock;
}

/** Gathers what a decision on a visit rests on, as of now, and decides. Throws LIMEN_STORE_*: then nothing is decided. */
export async function judge(parts: JudgeParts, visit: Visit, ended: boolean): Promise<Judgement> {
  const { clock } = parts;
  const { collection } = parts.policy();
  const people = await readPeopleFacts(parts.gallery, { roster: parts.roster, collection }, visit);
  const calibrated = (await parts.calibration?.()) ?? null;
  // Only now: what was read may have taken a while, and ages count to the decision; the door may have been locked down meanwhile.
  const policy = parts.policy();
  const nowMs = clock.monotonicMs();
  const at = clock.now();
  const known = people.map(({ id }) => id);
  const door: DoorFacts = {
    at,
    cameraHealthy: parts.cameraHealthy(),
    ...parts.standing.facts(policy, known, { nowMs, now: at }),
  };
  const gallerySizes = parts.engines.sizes(policy.collection);
  const situation: Situation = { visit, ended, nowMs, gallerySizes, people, door, calibrated };
  return { policy, verdict: decide(policy, situation), situation };
}
