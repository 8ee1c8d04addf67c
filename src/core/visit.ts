import type { Answer } from "#core/candidate";

import type { Company } from "#core/company";
import type { FrameCues } from "#core/frame-cues";
import type { Intent } from "#core/intent";
import type { Question } from "#core/question";
import type { DenyReason, Reason } from "#core/reason";

import { type Bucket, fullBucket, type SearchBudget, takeToken } from "#core/throttle";

/** What somebody was doing when a picture was taken, and who was with them. */
export interface Circumstances {
  readonly intent: Intent;
  readonly company: Company;
}

/** What one searched frame said about the face. */
export interface Evidence extends Circumstances {
  /** Monotonic ms at which the frame arrived. */
  readonly capturedAtMs: number;
  readonly faceHeightPx: number;
  readonly norm: number;
  readonly yaw: number;
  readonly sharpness: number;
  /** The face is turned further, or its template weaker, than a clear one's: it must score higher. Left out (also of old) = it is clear. */
  readonly isBorderline?: boolean;
  /** 0..1, null when not measured. */
  readonly liveness: number | null;
  /** What else says whether it is a person; null when not measured. */
  readonly cues: FrameCues | null;
  /** One for each engine that was asked; all of them must agree. */
  readonly answers: readonly Answer[];
  /** Monotonic ms at which the last of them came. */
  readonly answeredAtMs: number;
}

export type EngineFault = Extract<DenyReason, "engine_error" | "engine_offline" | "spend_cap">;

/** One person standing at one door: a track plus everything learned on it. */
export interface Visit {
  readonly trackId: number;
  /** 1, or 2 for the second try that a clearly better face gets after a refusal. */
  readonly attempt: 1 | 2;
  /** Monotonic ms of the first frame in which the face was large enough for the camera. */
  readonly inViewAtMs: number;
  /** Monotonic ms of the first search tried; patience counts from here. */
  readonly firstTriedAtMs: number | null;
  /** Newest last, at most KEPT_EVIDENCE. */
  readonly evidence: readonly Evidence[];
  readonly searches: number;
  readonly tokens: Bucket;
  readonly bestHeightPx: number;
  readonly bestNorm: number;
  /** Of the faces described for this visit, judged or not. */
  readonly bestSharpness: number;
  /** What the newest failed search said; null after one that worked. */
  readonly engineFault: EngineFault | null;
  /** How an earlier visit of the same face ended, when that spared a search; else null. */
  readonly knownRefusal: DenyReason | null;
  /** The second factor that was asked for; null = none yet. */
  readonly asked: Question | null;
  readonly decided: "grant" | "deny" | null;
  /** Why it was denied; null while it was not. */
  readonly deniedFor: DenyReason | null;
}

/** Evidence kept: all that a visit's searches may bring, so that the decision can be made again; it looks at the newest `of` only. */
const KEPT_EVIDENCE = 64;

/** After a refusal, a face this much taller or clearer is worth one more try. */
const CLEARLY_BETTER = 1.2;

export function openVisit(trackId: number, atMs: number, budget: SearchBudget, attempt: 1 | 2 = 1): Visit {
  return {
    trackId,
    attempt,
    inViewAtMs: atMs,
    firstTriedAtMs: null,
    evidence: [],
    searches: 0,
    tokens: fullBucket(budget.burst, atMs),
    bestHeightPx: 0,
    bestNorm: 0,
    bestSharpness: 0,
    engineFault: null,
    knownRefusal: null,
    asked: null,
    decided: null,
    deniedFor: null,
  };
}

/** Spends one search; null when this visit may not search now (decided, used up, or too soon). */
export function spendSearch(visit: Visit, budget: SearchBudget, nowMs: number): Visit | null {
  if (visit.decided !== null) return null;
  if (visit.asked !== null) {
    const asked = spendWhileAsked(visit.asked, budget, nowMs);
    return asked === null ? null : { ...visit, asked, searches: visit.searches + 1 };
  }
  if (visit.searches >= budget.maxSearches) return null;
  const tokens = takeToken(visit.tokens, budget.burst, nowMs);
  if (tokens === null) return null;
  return { ...visit, tokens, searches: visit.searches + 1, firstTriedAtMs: visit.firstTriedAtMs ?? nowMs };
}

export function addEvidence(visit: Visit, evidence: Evidence): Visit {
  return {
    ...visit,
    evidence: [...visit.evidence, evidence].slice(-KEPT_EVIDENCE),
    bestHeightPx: Math.max(visit.bestHeightPx, evidence.faceHeightPx),
    bestNorm: Math.max(visit.bestNorm, evidence.norm),
    bestSharpness: Math.max(visit.bestSharpness, evidence.sharpness),
    engineFault: null,
  };
}

/** While a question is open the face is still looked for, out of a budget of its own: a grant rests on a fresh picture. */
function spendWhileAsked(asked: Question, { burst, whileAsked }: SearchBudget, nowMs: number): Question | null {
  const isConfirmed = asked.answer === "confirmed";
  const rule = isConfirmed ? burst : whileAsked.waiting;
  if (rule === null || (isConfirmed && asked.searches >= whileAsked.onceConfirmed)) return null;
  const tokens = takeToken(asked.tokens, rule, nowMs);
  return tokens === null ? null : { ...asked, tokens, searches: asked.searches + (isConfirmed ? 1 : 0) };
}

/** Asks for a second factor, once a visit: null when the visit is decided, or was asked about already. */
export function askAbout(visit: Visit, personId: string, nowMs: number): Visit | null {
  if (visit.decided !== null || visit.asked !== null) return null;
  const tokens = { tokens: 0, atMs: nowMs };
  return { ...visit, asked: { personId, atMs: nowMs, answeredAtMs: null, answer: null, searches: 0, tokens } };
}

/** Takes the answer to the visit's question; null when there is none to answer any more. */
export function answered(
  visit: Visit,
  answer: "confirmed" | "declined",
  { burst }: SearchBudget,
  nowMs: number,
): Visit | null {
  const { asked } = visit;
  if (visit.decided !== null || asked === null || asked.answer !== null) return null;
  return { ...visit, asked: { ...asked, answer, answeredAtMs: nowMs, tokens: fullBucket(burst, nowMs) } };
}

/** A search that failed or came too late is no evidence; only the fault is remembered. */
export function addFault(visit: Visit, fault: EngineFault): Visit {
  return { ...visit, engineFault: fault };
}

/** A search was spared, because the same face was refused a moment ago. It has been judged at this height, as it were. */
export function addKnownRefusal(visit: Visit, reason: DenyReason, faceHeightPx: number): Visit {
  return { ...visit, knownRefusal: reason, bestHeightPx: Math.max(visit.bestHeightPx, Math.round(faceHeightPx)) };
}

export function closeVisit(visit: Visit, decided: "grant" | "deny", reason: Reason = "ok"): Visit {
  return { ...visit, decided, deniedFor: reason === "ok" ? null : reason };
}

const mayTryAgain = ({ decided, attempt }: Visit): boolean => decided === "deny" && attempt === 1;

/**
 * True when a refused visit may be tried once more: the face is now clearly larger than any that was judged, or whoever was refused
 * for their company is alone.
 */
export function deservesSecondTry(visit: Visit, faceHeightPx: number, isAlone: boolean): boolean {
  const isLarger = faceHeightPx >= visit.bestHeightPx * CLEARLY_BETTER;
  return mayTryAgain(visit) && (isLarger || (isAlone && visit.deniedFor === "accompanied"));
}

/**
 * The refused visit, when this face looks so much sharper than any described for it that its embedding is worth making, to see whether
 * that is clearer too; null when it is not. Asks for more each time, so that it is rarely true.
 */
export function secondLook(visit: Visit, sharpness: number): Visit | null {
  const isSharper = sharpness >= visit.bestSharpness * CLEARLY_BETTER;
  return mayTryAgain(visit) && isSharper ? { ...visit, bestSharpness: sharpness } : null;
}

/** True when the embedding of such a second look is clearly better than any that was judged. */
export function isClearer(visit: Visit, norm: number): boolean {
  return mayTryAgain(visit) && norm >= visit.bestNorm * CLEARLY_BETTER;
}
