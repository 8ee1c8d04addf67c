import type { Instant } from "#core/instant";
import type { DoorMode } from "#core/policy";
import type { Reason } from "#core/reason";

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
  readonly liveness: { readonly level: "none" | "low" | "high"; readonly score: number | null };
  readonly mode: DoorMode;
  readonly evidence: readonly EvidenceRecord[];
  readonly searches: number;
  readonly timingsMs: Timings;
}
