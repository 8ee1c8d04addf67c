import type { DecisionRecord } from "#core/decision-record";
import { instant } from "#core/instant";
import { LOCAL_SEARCH_BUDGET } from "#core/throttle";
import { addEvidence, openVisit } from "#core/visit";
import { evidenceAt, situation } from "./situations";

const VISIT = addEvidence(
  openVisit(1, 600, LOCAL_SEARCH_BUDGET),
  evidenceAt(1000, [["0123456789abcdef01234567", 0.91234]]),
);

/** A decision to grant at the front door; `changes` replace whole fields. */
export function decisionRecord(changes: Partial<DecisionRecord> = {}): DecisionRecord {
  return {
    id: "01K0000000000000000000TEST",
    at: instant(Date.UTC(2026, 0, 15, 12, 30, 15, 250)),
    door: "front",
    camera: "porch",
    result: "grant",
    reason: "ok",
    personId: "0123456789abcdef01234567",
    score: 0.91234,
    margin: 0.45678,
    threshold: 0.8412345,
    gallerySize: 12,
    liveness: { level: "low", score: 0.1234, cues: ["passive_model"] },
    accompanied: false,
    mode: "normal",
    searches: 2,
    timingsMs: { sinceInView: 600, wait: 5, find: 20, describe: 60, search: 1, decide: 1 },
    situation: situation(VISIT, 1200),
    ...changes,
  };
}
