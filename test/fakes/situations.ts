import type { AccessPolicy } from "#core/access";
import { ALONE } from "#core/company";
import type { Situation } from "#core/decision";
import { DEFAULT_DECISION_RULES } from "#core/decision-rules";
import { instant } from "#core/instant";
import { DEFAULT_LOCK_OUT } from "#core/lock-out";
import { NO_PASSBACK } from "#core/passback";
import type { DoorFacts, DoorPolicy, PersonFacts } from "#core/policy";
import { DEFAULT_THRESHOLD } from "#core/threshold";
import { LOCAL_SEARCH_BUDGET } from "#core/throttle";
import type { Evidence, Visit } from "#core/visit";
import type { DoorRules } from "#flow/door-desk";

/** A front door for the collection `staff` under the rules a new configuration has, but in normal mode. */
export function doorPolicy(changes: Partial<DoorPolicy> = {}): DoorPolicy {
  return {
    door: "front",
    collection: "staff",
    mode: "normal",
    access: accessPolicy(),
    engine: "local",
    rules: DEFAULT_DECISION_RULES,
    liveness: { mode: "monitor", askWithinMs: null },
    thresholds: { local: DEFAULT_THRESHOLD, verifik: { configuredMin: 0.85, base: 0, slopePerDecade: 0 } },
    lockOut: DEFAULT_LOCK_OUT,
    passback: NO_PASSBACK,
    interlockedWith: [],
    ...changes,
  };
}

/** Nobody's access is restricted, in Berlin. */
export function accessPolicy(changes: Partial<AccessPolicy> = {}): AccessPolicy {
  const nothing = { siteSchedule: null, doorSchedule: null, groups: [], persons: [], watchList: [] };
  return { timeZone: "Europe/Berlin", ...nothing, ...changes };
}

/** Nothing at the door speaks against opening it. Thursday, 2026-01-15 12:30 UTC. */
export function doorFacts(changes: Partial<DoorFacts> = {}): DoorFacts {
  return {
    at: instant(Date.UTC(2026, 0, 15, 12, 30)),
    cameraHealthy: true,
    mayOpenNow: true,
    lockedOut: false,
    notShut: [],
    stays: [],
    clockTrusted: true,
    ...changes,
  };
}

/** An active member of staff. */
export function personFacts(id: string, changes: Partial<PersonFacts> = {}): PersonFacts {
  return { id, name: id, active: true, collections: ["staff"], lookAlike: false, ...changes };
}

/** A good frame that the local engine answered at once with these scores, best first. */
export function evidenceAt(capturedAtMs: number, scores: readonly (readonly [string, number])[]): Evidence {
  return {
    capturedAtMs,
    faceHeightPx: 80,
    norm: 3.6,
    yaw: 0.05,
    sharpness: 30,
    liveness: 0.9,
    cues: null,
    answers: [{ engine: "local", candidates: scores.map(([personId, score]) => ({ personId, score })) }],
    answeredAtMs: capturedAtMs,
    intent: "dwelling",
    company: ALONE,
  };
}

/** A visit in front of that door, ten people enrolled, everybody it may be about known and allowed. */
export function situation(visit: Visit, nowMs: number, changes: Partial<Situation> = {}): Situation {
  const names = new Set(
    visit.evidence.flatMap(({ answers }) => answers.flatMap(({ candidates }) => candidates.map((c) => c.personId))),
  );
  return {
    visit,
    ended: false,
    nowMs,
    gallerySizes: { local: 10, verifik: 0 },
    people: [...names].map((id) => personFacts(id)),
    door: doorFacts(),
    calibrated: null,
    ...changes,
  };
}

/** Nobody's access is restricted, and this person may be let in while the engine on the network is out. */
export function offlineAccess(...ids: readonly string[]): AccessPolicy {
  const silent = { doors: null, schedule: null, validFrom: null, validUntil: null };
  return accessPolicy({ persons: ids.map((person) => ({ person, ...silent, offlineAllowed: true })) });
}

/** How a desk in front of camera `front` looks and searches under a new configuration, with the local engine. */
export function deskRules(changes: Partial<DoorRules> = {}): DoorRules {
  return {
    camera: "front",
    quality: { minFacePx: 48, maxYaw: 0.25, minSharpness: 5, minNorm: 3, borderline: null, zone: [] },
    budget: LOCAL_SEARCH_BUDGET,
    searchMode: "ACCURATE",
    searchFloor: 0,
    shots: 1,
    ...changes,
  };
}
