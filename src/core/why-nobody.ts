import type { Engine } from "#core/candidate";
import type { RulesOf } from "#core/decision-rules";
import type { DenyReason } from "#core/reason";
import { firstOf, marginOf, type Thresholds } from "#core/support";
import type { Evidence, Visit } from "#core/visit";

/** A best score this close under the threshold is "looks a little like", further away is "nobody we know". */
export const RESEMBLANCE = 0.25;

/** Numbers of the frame a verdict rests on; null when there was no candidate at all. */
export interface Numbers {
  readonly score: number | null;
  readonly margin: number | null;
  readonly evidenceAtMs: number | null;
  /** In force for the engine whose score this is. */
  readonly threshold: number;
  readonly gallerySize: number;
}

/** What the engine said that is furthest below what it must say, best candidate first. */
function weakestOf({ answers }: Evidence, thresholds: Thresholds) {
  return answers
    .map((answer) => ({ answer, score: answer.candidates[0]?.score ?? 0, threshold: thresholds[answer.engine] }))
    .sort((a, b) => a.score - a.threshold - (b.score - b.threshold))[0];
}

/** The frame that came closest to naming somebody. */
export function bestFrame(frames: readonly Evidence[], thresholds: Thresholds): Evidence | undefined {
  const headroom = (frame: Evidence): number => {
    const weakest = weakestOf(frame, thresholds);
    return weakest === undefined ? Number.NEGATIVE_INFINITY : weakest.score - weakest.threshold;
  };
  return [...frames].sort((a, b) => headroom(b) - headroom(a))[0];
}

/** Whom a frame comes closest to, or null. */
export function nearestPerson(frame: Evidence | undefined, thresholds: Thresholds): string | null {
  if (frame === undefined) return null;
  return weakestOf(frame, thresholds)?.answer.candidates[0]?.personId ?? null;
}

export function numbersOf(
  frame: Evidence | undefined,
  thresholds: Thresholds,
  gallerySizes: Readonly<Record<Engine, number>>,
): Numbers {
  const answer = frame === undefined ? undefined : weakestOf(frame, thresholds)?.answer;
  const engine = answer?.engine ?? "local";
  const score = answer?.candidates[0]?.score ?? null;
  return {
    score,
    margin: answer === undefined || score === null ? null : marginOf(answer),
    evidenceAtMs: frame?.capturedAtMs ?? null,
    threshold: thresholds[engine],
    gallerySize: gallerySizes[engine],
  };
}

/** Why nobody was recognised, most specific first. */
export function whyNobody(visit: Visit, thresholds: Thresholds, rulesOf: RulesOf): DenyReason {
  const best = bestFrame(visit.evidence, thresholds);
  if (best === undefined) return visit.engineFault ?? visit.knownRefusal ?? "not_enough_evidence";
  const { score, threshold } = weakestOf(best, thresholds) ?? { score: 0, threshold: 1 };
  if (score < threshold - RESEMBLANCE) return "unknown_person";
  if (score < threshold) return "below_threshold";
  const isClear = visit.evidence.some((frame) => {
    const found = weakestOf(frame, thresholds);
    const name = firstOf(frame);
    if (found === undefined || name === null || found.score < found.threshold) return false;
    return marginOf(found.answer) >= rulesOf(name).margin;
  });
  return isClear ? (visit.engineFault ?? "not_enough_evidence") : "ambiguous";
}
