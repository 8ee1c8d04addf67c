import type { Engine } from "#core/candidate";
import type { DecisionRules } from "#core/decision-rules";
import { type DoorFacts, type DoorPolicy, type PersonFacts, refusalOf } from "#core/policy";
import { proofOf } from "#core/proof";
import { isOpen } from "#core/question";
import type { DenyReason, Reason } from "#core/reason";
import { leaderOf, marginOf, supportOf, type Thresholds, windowOf } from "#core/support";
import { thresholdFor } from "#core/threshold";
import type { Evidence, Visit } from "#core/visit";

/** A best score this close under the threshold is "looks a little like", further away is "nobody we know". */
const RESEMBLANCE = 0.25;

/** All that a decision rests on besides the policy: data, kept with each decision so that it can be made again. */
export interface Situation {
  readonly visit: Visit;
  /** The face has left. */
  readonly ended: boolean;
  /** Monotonic ms. */
  readonly nowMs: number;
  /** People in the searched collection, for each engine. */
  readonly gallerySizes: Readonly<Record<Engine, number>>;
  /** Facts, read after the search, of those who are first in some evidence frame; whom the gallery does not know is missing. */
  readonly people: readonly PersonFacts[];
  readonly door: DoorFacts;
}

export type Verdict =
  /** `ask`: the person whom somebody must confirm first. */
  | { readonly result: "wait"; readonly ask?: string }
  | {
      readonly result: "grant" | "deny";
      readonly reason: Reason;
      readonly personId: string | null;
      readonly numbers: Numbers;
    };

/** Numbers of the frame the verdict rests on; null when there was no candidate at all. */
export interface Numbers {
  readonly score: number | null;
  readonly margin: number | null;
  readonly evidenceAtMs: number | null;
  /** In force for the engine whose score this is. */
  readonly threshold: number;
  readonly gallerySize: number;
}

const WAIT: Verdict = { result: "wait" };

/** Best score of a frame, by its weakest engine relative to what that engine must reach. */
function bestOf({ answers }: Evidence, thresholds: Thresholds) {
  return answers
    .map((answer) => ({ answer, score: answer.candidates[0]?.score ?? 0, threshold: thresholds[answer.engine] }))
    .sort((a, b) => a.score - a.threshold - (b.score - b.threshold))[0];
}

function bestFrame(frames: readonly Evidence[], thresholds: Thresholds): Evidence | undefined {
  const headroom = (frame: Evidence): number => {
    const best = bestOf(frame, thresholds);
    return best === undefined ? Number.NEGATIVE_INFINITY : best.score - best.threshold;
  };
  return [...frames].sort((a, b) => headroom(b) - headroom(a))[0];
}

function numbersOf(frame: Evidence | undefined, thresholds: Thresholds, { gallerySizes }: Situation): Numbers {
  const answer = frame === undefined ? undefined : bestOf(frame, thresholds)?.answer;
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
function whyNobody(visit: Visit, thresholds: Thresholds, rules: DecisionRules): DenyReason {
  const best = bestFrame(visit.evidence, thresholds);
  if (best === undefined) return visit.engineFault ?? "not_enough_evidence";
  const { score, threshold } = bestOf(best, thresholds) ?? { score: 0, threshold: 1 };
  if (score < threshold - RESEMBLANCE) return "unknown_person";
  if (score < threshold) return "below_threshold";
  const overThreshold = visit.evidence
    .map((frame) => bestOf(frame, thresholds))
    .filter((found) => found !== undefined && found.score >= found.threshold);
  const isClose = overThreshold.every((found) => found !== undefined && marginOf(found.answer) < rules.margin);
  return isClose ? "ambiguous" : "not_enough_evidence";
}

/** The API scores that count for this door and these galleries. */
function thresholdsOf(policy: DoorPolicy, sizes: Situation["gallerySizes"]): Thresholds {
  return {
    local: thresholdFor(sizes.local, policy.thresholds.local),
    verifik: thresholdFor(sizes.verifik, policy.thresholds.verifik),
  };
}

/**
 * The decision on one visit: grant, deny, or wait for more. Pure, total, and closed: whatever is missing or odd ends in wait
 * or deny. At most one verdict other than `wait` is ever acted on per visit (the caller closes it).
 */
export function decide(policy: DoorPolicy, situation: Situation): Verdict {
  const { visit, nowMs, ended, people } = situation;
  const { rules } = policy;
  if (visit.decided !== null) return WAIT;

  const thresholds = thresholdsOf(policy, situation.gallerySizes);
  const leaderId = leaderOf(visit, thresholds, rules);
  const outOfPatience = visit.firstTriedAtMs !== null && nowMs - visit.firstTriedAtMs >= rules.patienceMs;
  if (leaderId !== null) {
    const frames = supportOf(leaderId, windowOf(visit, rules), thresholds, rules);
    const [newest] = [...frames].sort((a, b) => b.capturedAtMs - a.capturedAtMs);
    const numbers = numbersOf(newest, thresholds, situation);
    // Every supporting frame counts, whatever order they came in: one from the future makes the whole visit incredible.
    const ages = frames.map((frame) => nowMs - frame.capturedAtMs);
    const isFresh = ages.every((age) => age >= 0) && Math.min(...ages) <= rules.maxDecisionAgeMs;
    const facts = people.find(({ id }) => id === leaderId) ?? null;
    const refusal = refusalOf(policy, facts, situation.door);
    if (refusal !== null) return { result: "deny", reason: refusal, personId: leaderId, numbers };
    const seenAtMs = Math.max(...frames.map((frame) => frame.capturedAtMs));
    const named = { visit, personId: leaderId, seenAtMs, nowMs, ended, outOfPatience };
    const proof = proofOf(policy.liveness, named);
    if (proof === "refused") return { result: "deny", reason: "liveness", personId: leaderId, numbers };
    if (proof === "ask" && isFresh) return { result: "wait", ask: leaderId };
    if (proof !== "given") return WAIT;
    if (isFresh) return { result: "grant", reason: "ok", personId: leaderId, numbers };
    return ended ? { result: "deny", reason: "stale", personId: leaderId, numbers } : WAIT;
  }

  const { asked } = visit;
  const isAsking = asked !== null && isOpen(asked, policy.liveness.askWithinMs ?? 0, nowMs);
  if (!ended && (isAsking || (asked === null && !outOfPatience))) return WAIT;
  const best = bestFrame(visit.evidence, thresholds);
  const bestNumbers = numbersOf(best, thresholds, situation);
  // Recognised, doubted, asked about, and not recognised any more: the doubt is what is left.
  if (asked !== null) return { result: "deny", reason: "liveness", personId: asked.personId, numbers: bestNumbers };
  const reason = whyNobody(visit, thresholds, rules);
  const personId =
    reason === "unknown_person" || best === undefined
      ? null
      : (bestOf(best, thresholds)?.answer.candidates[0]?.personId ?? null);
  return { result: "deny", reason, personId, numbers: bestNumbers };
}
