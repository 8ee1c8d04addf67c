import { type DoorFacts, type PersonFacts, refusalOf } from "#core/policy";
import type { DenyReason, Reason } from "#core/reason";
import type { Evidence, Visit } from "#core/visit";

export interface DecisionRules {
  /** The same person must be first and strong in `agree` of the newest `of` evidence frames. */
  readonly agree: number;
  readonly of: number;
  /** Those frames must lie within so many ms of the newest. */
  readonly windowMs: number;
  /** Smallest distance to the best other person, API score. */
  readonly margin: number;
  /** A visit tried for so long without a grant is refused, ms. */
  readonly patienceMs: number;
  /** Oldest newest-evidence a grant may rest on, ms. */
  readonly maxDecisionAgeMs: number;
}

export const DEFAULT_DECISION_RULES: DecisionRules = {
  agree: 2,
  of: 3,
  windowMs: 2000,
  margin: 0.06,
  patienceMs: 3000,
  maxDecisionAgeMs: 2000,
};

/** A best score this close under the threshold is "looks a little like", further away is "nobody we know". */
const RESEMBLANCE = 0.25;

export interface DecisionInput {
  readonly visit: Visit;
  /** The face has left. */
  readonly ended: boolean;
  /** Monotonic ms. */
  readonly nowMs: number;
  readonly rules: DecisionRules;
  /** API score in force for this gallery size. */
  readonly threshold: number;
  /** Facts of the person `leaderOf` named, read after the search; null when there is none or the gallery does not know them. */
  readonly leader: PersonFacts | null;
  readonly door: DoorFacts;
}

export type Verdict =
  | { readonly result: "wait" }
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
}

const WAIT: Verdict = { result: "wait" };

/** Distance of the best candidate to the best other person, who counts as 0 when there is none. */
function marginOf(evidence: Evidence): number {
  return (evidence.candidates[0]?.score ?? 0) - (evidence.candidates[1]?.score ?? 0);
}

/** Newest evidence frames that may count together: at most `of`, all within the window of the newest. */
function windowOf(visit: Visit, rules: DecisionRules): readonly Evidence[] {
  const newest = visit.evidence[visit.evidence.length - 1];
  if (newest === undefined) return [];
  return visit.evidence.slice(-rules.of).filter((frame) => newest.capturedAtMs - frame.capturedAtMs <= rules.windowMs);
}

/** Frames in which `personId` is first, over the threshold (and within the scale), and clear of everybody else. */
function supportOf(personId: string, frames: readonly Evidence[], threshold: number, rules: DecisionRules): Evidence[] {
  return frames.filter((frame) => {
    const first = frame.candidates[0];
    return (
      first?.personId === personId && first.score >= threshold && first.score <= 1 && marginOf(frame) >= rules.margin
    );
  });
}

/**
 * The one person whom enough frames name strongly enough, or null. Two people can never both have support when
 * 2·agree > of; if rules allow less, nobody leads unless they lead alone.
 */
export function leaderOf(visit: Visit, threshold: number, rules: DecisionRules): string | null {
  const frames = windowOf(visit, rules);
  const names = new Set(frames.flatMap((frame) => frame.candidates[0]?.personId ?? []));
  const leaders = [...names].filter((name) => supportOf(name, frames, threshold, rules).length >= rules.agree);
  return leaders.length === 1 ? (leaders[0] ?? null) : null;
}

function numbersOf(frame: Evidence | undefined): Numbers {
  if (frame === undefined) return { score: null, margin: null, evidenceAtMs: null };
  const score = frame.candidates[0]?.score ?? null;
  return { score, margin: score === null ? null : marginOf(frame), evidenceAtMs: frame.capturedAtMs };
}

function bestFrame(frames: readonly Evidence[]): Evidence | undefined {
  return [...frames].sort((a, b) => (b.candidates[0]?.score ?? 0) - (a.candidates[0]?.score ?? 0))[0];
}

/** Why nobody was recognised, most specific first. */
function whyNobody(visit: Visit, threshold: number, rules: DecisionRules): DenyReason {
  if (visit.evidence.length === 0) return visit.engineFault ?? "not_enough_evidence";
  const best = bestFrame(visit.evidence)?.candidates[0]?.score ?? 0;
  if (best < threshold - RESEMBLANCE) return "unknown_person";
  if (best < threshold) return "below_threshold";
  const overThreshold = visit.evidence.filter((frame) => (frame.candidates[0]?.score ?? 0) >= threshold);
  return overThreshold.every((frame) => marginOf(frame) < rules.margin) ? "ambiguous" : "not_enough_evidence";
}

/**
 * The decision on one visit: grant, deny, or wait for more. Pure, total, and closed: whatever is missing or odd ends in wait
 * or deny. At most one verdict other than `wait` is ever acted on per visit (the caller closes it).
 */
export function decide(input: DecisionInput): Verdict {
  const { visit, rules, threshold, nowMs } = input;
  if (visit.decided !== null) return WAIT;

  const leaderId = leaderOf(visit, threshold, rules);
  if (leaderId !== null) {
    const frames = supportOf(leaderId, windowOf(visit, rules), threshold, rules);
    const [newest] = [...frames].sort((a, b) => b.capturedAtMs - a.capturedAtMs);
    const numbers = numbersOf(newest);
    // Every supporting frame counts, whatever order they came in: one from the future makes the whole visit incredible.
    const ages = frames.map((frame) => nowMs - frame.capturedAtMs);
    const isFresh = ages.every((age) => age >= 0) && Math.min(...ages) <= rules.maxDecisionAgeMs;
    const facts = input.leader?.id === leaderId ? input.leader : null;
    const refusal = refusalOf(facts, input.door);
    if (refusal !== null) return { result: "deny", reason: refusal, personId: leaderId, numbers };
    if (isFresh) return { result: "grant", reason: "ok", personId: leaderId, numbers };
    return input.ended ? { result: "deny", reason: "stale", personId: leaderId, numbers } : WAIT;
  }

  const outOfPatience = visit.firstTriedAtMs !== null && nowMs - visit.firstTriedAtMs >= rules.patienceMs;
  if (!input.ended && !outOfPatience) return WAIT;
  const best = bestFrame(visit.evidence);
  const reason = whyNobody(visit, threshold, rules);
  const personId = reason === "unknown_person" ? null : (best?.candidates[0]?.personId ?? null);
  return { result: "deny", reason, personId, numbers: numbersOf(best) };
}
