import type { Situation, Verdict } from "#core/decision";
import type { Instant } from "#core/instant";
import { type Liveness, livenessOf } from "#core/liveness";
import type { DoorMode, DoorPolicy } from "#core/policy";
import type { Reason } from "#core/reason";
import type { Visit } from "#core/visit";

/** Where the time went between the face coming into view and the decision, ms. */
export interface Timings {
  /** From the first frame in which the face was large enough to the decision. */
  readonly sinceInView: number;
  /** Of the look that decided: frame arrival → look begins. */
  readonly wait: number;
  readonly find: number;
  readonly describe: number;
  readonly search: number;
  readonly decide: number;
}

/** A decision as it is kept and published: made once, never changed. */
export interface DecisionRecord {
  /** ULID, stable for ever. */
  readonly id: string;
  readonly at: Instant;
  readonly door: string;
  readonly camera: string;
  readonly result: "grant" | "deny";
  readonly reason: Reason;
  /** The person granted, or the one a refusal is about; null when nobody was recognised. */
  readonly personId: string | null;
  /** Best score of the deciding evidence, null when nothing was found. */
  readonly score: number | null;
  /** Score minus the best other person's. */
  readonly margin: number | null;
  /** Threshold in force, and for how many people. */
  readonly threshold: number;
  readonly gallerySize: number;
  readonly liveness: Liveness;
  /** Somebody who is not recognised was beside them in the newest picture; null where the door does not ask. */
  readonly accompanied: boolean | null;
  readonly mode: DoorMode;
  readonly searches: number;
  readonly timingsMs: Timings;
  /** What it was decided on, to decide it again; kept, never published. */
  readonly situation: Situation;
}

/** Tenths of a ms are all a log needs. */
const rounded = (ms: number): number => Math.round(ms * 10) / 10;

function isAccompanied({ evidence }: Visit, { rules }: DoorPolicy): boolean | null {
  const newest = evidence[evidence.length - 1];
  return newest === undefined || rules.company === "ignore" ? null : newest.company.unrecognised > 0;
}

/** Puts a verdict, and what it was reached on, into the form that is kept. `recordedAtMs` is monotonic. */
export function recordOf(input: {
  readonly verdict: Exclude<Verdict, { result: "wait" }>;
  readonly policy: DoorPolicy;
  readonly situation: Situation;
  readonly times: Omit<Timings, "sinceInView">;
  readonly recordedAtMs: number;
  readonly id: string;
  readonly camera: string;
}): DecisionRecord {
  const { verdict, policy, situation, times, recordedAtMs } = input;
  const { visit } = situation;
  const { score, margin, threshold, gallerySize } = verdict.numbers;
  return {
    id: input.id,
    at: situation.door.at,
    door: policy.door,
    camera: input.camera,
    result: verdict.result,
    reason: verdict.reason,
    personId: verdict.personId,
    score,
    margin,
    threshold,
    gallerySize,
    liveness: livenessOf(policy.liveness.mode === "off" ? [] : visit.evidence),
    accompanied: isAccompanied(visit, policy),
    mode: policy.mode,
    searches: visit.searches,
    timingsMs: {
      sinceInView: rounded(recordedAtMs - visit.inViewAtMs),
      wait: rounded(times.wait),
      find: rounded(times.find),
      describe: rounded(times.describe),
      search: rounded(times.search),
      decide: rounded(times.decide),
    },
    situation,
  };
}
