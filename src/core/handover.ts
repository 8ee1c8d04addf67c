import type { RulesOf } from "#core/decision-rules";
import { firstOf, supportOf, type Thresholds } from "#core/support";
import type { SearchBudget } from "#core/throttle";
import { addEvidence, type Evidence, openVisit, type Visit } from "#core/visit";

/** Whom a frame names strongly enough to count towards a grant, or null. */
function strongName(frame: Evidence, thresholds: Thresholds, rulesOf: RulesOf): string | null {
  const name = firstOf(frame);
  return name !== null && supportOf(name, [frame], thresholds, rulesOf(name)).length > 0 ? name : null;
}

/** True when a new frame names somebody else, and as strongly, as one before did: another face has taken the track over. */
export function isSomebodyElse(visit: Visit, frame: Evidence, thresholds: Thresholds, rulesOf: RulesOf): boolean {
  const name = strongName(frame, thresholds, rulesOf);
  if (name === null) return false;
  const others = visit.evidence.map((before) => strongName(before, thresholds, rulesOf));
  return others.some((other) => other !== null && other !== name);
}

/** The visit of whoever took the track over: begins with the frame that named them, and has what is left of the track's searches. */
export function takeOver(visit: Visit, frame: Evidence, budget: SearchBudget): Visit {
  const { trackId, searches, tokens } = visit;
  const opened = openVisit(trackId, frame.capturedAtMs, budget);
  return addEvidence({ ...opened, searches, tokens, firstTriedAtMs: frame.answeredAtMs }, frame);
}
