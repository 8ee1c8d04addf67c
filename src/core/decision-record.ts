import type { Verdict } from "#core/decision";
import type { Instant } from "#core/instant";
import { type Liveness, suspicionOf } from "#core/liveness";
import type { DoorMode } from "#core/policy";
import type { Reason } from "#core/reason";
import type { Visit } from "#core/visit";

/** What one evidence frame said: numbers only, no picture, no embedding. */
export interface EvidenceRecord {
  /** Ms before the decision. */
  readonly ageMs: number;
  readonly faceHeightPx: number;
  readonly norm: number;
  readonly yaw: number;
  readonly sharpness: number;
  readonly liveness: number | null;
  /** Best candidates, score descending. */
  readonly candidates: readonly { readonly personId: string; readonly score: number }[];
}

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
  readonly mode: DoorMode;
  readonly evidence: readonly EvidenceRecord[];
  readonly searches: number;
  readonly timingsMs: Timings;
}

/** Tenths of a ms are all a log needs. */
const rounded = (ms: number): number => Math.round(ms * 10) / 10;

/** Puts a verdict, and the visit it was reached on, into the form that is kept. `nowMs` is monotonic. */
export function recordOf(input: {
  readonly verdict: Exclude<Verdict, { result: "wait" }>;
  readonly visit: Visit;
  readonly times: Omit<Timings, "sinceInView">;
  readonly nowMs: number;
  readonly id: string;
  readonly at: Instant;
  readonly door: string;
  readonly camera: string;
  readonly mode: DoorMode;
  readonly threshold: number;
  readonly gallerySize: number;
}): DecisionRecord {
  const { verdict, visit, times, nowMs, ...facts } = input;
  return {
    ...facts,
    result: verdict.result,
    reason: verdict.reason,
    personId: verdict.personId,
    score: verdict.numbers.score,
    margin: verdict.numbers.margin,
    liveness: suspicionOf(visit.evidence.map((frame) => frame.liveness)),
    evidence: visit.evidence.map(({ capturedAtMs, ...frame }) => ({ ageMs: rounded(nowMs - capturedAtMs), ...frame })),
    searches: visit.searches,
    timingsMs: {
      sinceInView: rounded(nowMs - visit.inViewAtMs),
      wait: rounded(times.wait),
      find: rounded(times.find),
      describe: rounded(times.describe),
      search: rounded(times.search),
      decide: rounded(times.decide),
    },
  };
}
