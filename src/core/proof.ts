import { isJudged, type LivenessPolicy, livenessOf } from "#core/liveness";
import { confirmedAtMs, isOpen } from "#core/question";
import type { Visit } from "#core/visit";

/** Whether a recognised person may be taken for one who is really there. */
export type Proof = "given" | "wait" | "ask" | "refused";

/** A visit that names somebody. */
export interface NamedVisit {
  readonly visit: Visit;
  readonly personId: string;
  /** Monotonic ms at which the newest frame that names them arrived. */
  readonly seenAtMs: number;
  readonly nowMs: number;
  readonly ended: boolean;
  readonly outOfPatience: boolean;
}

/**
 * What a door's liveness policy says of a visit that names this person. Closed: without enough measured frames, without an answer in
 * time, or with an answer about somebody else, the proof is refused. A high level refuses whatever anybody confirms, and whoever was
 * confirmed must be seen once more after it. In mode `cloud` the local signs clear nobody: a service is asked about everybody, at once.
 */
export function proofOf({ mode, askWithinMs }: LivenessPolicy, named: NamedVisit): Proof {
  const { visit, nowMs, ended } = named;
  if (mode === "off" || mode === "monitor") return "given";
  const { level } = livenessOf(visit.evidence);
  if (level === "high") return "refused";
  const { asked } = visit;
  if (asked !== null) {
    if (askWithinMs === null || asked.personId !== named.personId) return "refused";
    const sinceMs = confirmedAtMs(asked, askWithinMs, nowMs);
    if (sinceMs !== null && named.seenAtMs > sinceMs) return "given";
    return isOpen(asked, askWithinMs, nowMs) && !ended ? "wait" : "refused";
  }
  if (mode === "require") {
    if (isJudged(visit.evidence)) {
      if (level === "none") return "given";
    } else if (!named.outOfPatience && !ended) return "wait";
  }
  return askWithinMs === null || ended ? "refused" : "ask";
}
