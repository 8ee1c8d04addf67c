import type { DecisionRecord } from "#core/decision-record";
import { instant } from "#core/instant";

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
    liveness: { level: "low", score: 0.1234 },
    mode: "normal",
    evidence: [
      {
        ageMs: 12,
        faceHeightPx: 120,
        norm: 5.5,
        yaw: 0.1,
        sharpness: 20,
        liveness: 0.9,
        candidates: [{ personId: "0123456789abcdef01234567", score: 0.91234 }],
      },
    ],
    searches: 2,
    timingsMs: { sinceInView: 600, wait: 5, find: 20, describe: 60, search: 1, decide: 1 },
    ...changes,
  };
}
