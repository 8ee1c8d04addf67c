import { isOfflineAllowed } from "#core/access";
import type { Engine } from "#core/candidate";
import type { DecisionRules } from "#core/decision-rules";
import { admissible, restsOnFallback } from "#core/engine-choice";
import { wantsIn } from "#core/intent";
import { type DoorFacts, type DoorPolicy, type PersonFacts, refusalOf } from "#core/policy";
import type { DenyReason, Reason } from "#core/reason";
import { firstOf, leaderOf, marginOf, supportOf, type Thresholds, windowOf } from "#core/support";
import { thresholdFor } from "#core/threshold";
import type { Evidence, Visit } from "#core/visit";
import { suspectIn } from "#core/watch-list";

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
  if (best === undefined) return visit.engineFault ?? visit.knownRefusal ?? "not_enough_evidence";
  const { score, threshold } = bestOf(best, thresholds) ?? { score: 0, threshold: 1 };
  if (score < threshold - RESEMBLANCE) return "unknown_person";
  if (score < threshold) return "below_threshold";
  const isClear = visit.evidence.some((frame) => {
    const found = bestOf(frame, thresholds);
    if (found === undefined || found.score < found.threshold) return false;
    return firstOf(frame) !== null && marginOf(found.answer) >= rules.margin;
  });
  return isClear ? (visit.engineFault ?? "not_enough_evidence") : "ambiguous";
}

/** Why somebody who may pass is not let in yet: what the newest picture shows them doing, and with whom. */
function hindranceOf({ evidence }: Visit, rules: DecisionRules): DenyReason | null {
  const newest = evidence.slice(-1);
  if (rules.intent === "required" && !newest.some(({ intent }) => wantsIn(intent))) return "walked_past";
  const isAlone = newest.some(({ company }) => company.unrecognised === 0);
  return rules.company === "deny" && !isAlone ? "accompanied" : null;
}

/** The API scores that count for this door and these galleries. */
export function thresholdsOf(policy: DoorPolicy, sizes: Situation["gallerySizes"]): Thresholds {
  return {
    local: thresholdFor(sizes.local, policy.thresholds.local),
    verifik: thresholdFor(sizes.verifik, policy.thresholds.verifik),
  };
}

/**
 * The visit with the answers that came before patience ran out. Whoever is not named by them is not named by later ones, whether or not
 * somebody looked at the clock in between.
 */
function asOf(visit: Visit, deadlineMs: number): Visit {
  return { ...visit, evidence: visit.evidence.filter(({ answeredAtMs }) => answeredAtMs < deadlineMs) };
}

/**
 * The decision on one visit: grant, deny, or wait for more. Pure, total, and closed: whatever is missing or odd ends in wait
 * or deny. At most one verdict other than `wait` is ever acted on per visit (the caller closes it).
 */
export function decide(policy: DoorPolicy, situation: Situation): Verdict {
  const { nowMs, ended, people } = situation;
  const { rules } = policy;
  if (situation.visit.decided !== null) return WAIT;

  const { firstTriedAtMs } = situation.visit;
  const deadlineMs = firstTriedAtMs === null ? Number.POSITIVE_INFINITY : firstTriedAtMs + rules.patienceMs;
  const outOfPatience = nowMs >= deadlineMs;
  const thresholds = thresholdsOf(policy, situation.gallerySizes);
  const inTime = asOf(situation.visit, deadlineMs);
  const leads = (seen: Visit): string | null => leaderOf(admissible(seen, policy.engine), thresholds, rules);
  const visit = outOfPatience && leads(inTime) === null ? inTime : situation.visit;
  const answered = admissible(visit, policy.engine);
  const leaderId = leads(visit);
  // To say of somebody that they are on the list takes the threshold; to keep the door shut, whoever leads, a resemblance is enough.
  const slack = leaderId === null ? 0 : RESEMBLANCE;
  const suspect = suspectIn(windowOf(visit, rules), { access: policy.access, people, thresholds }, slack);
  if (suspect !== null) {
    const { personId, frame } = suspect;
    return { result: "deny", reason: "watch_list", personId, numbers: numbersOf(frame, thresholds, situation) };
  }
  if (leaderId !== null) {
    const frames = supportOf(leaderId, windowOf(answered, rules), thresholds, rules);
    const [newest] = [...frames].sort((a, b) => b.capturedAtMs - a.capturedAtMs);
    const numbers = numbersOf(newest, thresholds, situation);
    // Every supporting frame counts, whatever order they came in: one from the future makes the whole visit incredible.
    const ages = frames.map((frame) => nowMs - frame.capturedAtMs);
    const isFresh = ages.every((age) => age >= 0) && Math.min(...ages) <= rules.maxDecisionAgeMs;
    const facts = people.find(({ id }) => id === leaderId) ?? null;
    const refusal = refusalOf(policy, facts, situation.door);
    if (refusal !== null) return { result: "deny", reason: refusal, personId: leaderId, numbers };
    if (restsOnFallback(frames, rules.agree) && !(facts !== null && isOfflineAllowed(policy.access, facts))) {
      // The engine on the network may be back before patience is over.
      return ended || outOfPatience ? { result: "deny", reason: "engine_offline", personId: leaderId, numbers } : WAIT;
    }
    const hindrance = hindranceOf(visit, rules);
    if (hindrance !== null) {
      const isOver = ended || (hindrance === "accompanied" && outOfPatience);
      return isOver ? { result: "deny", reason: hindrance, personId: leaderId, numbers } : WAIT;
    }
    if (isFresh) return { result: "grant", reason: "ok", personId: leaderId, numbers };
    return ended ? { result: "deny", reason: "stale", personId: leaderId, numbers } : WAIT;
  }

  if (!ended && !outOfPatience) return WAIT;
  const best = bestFrame(visit.evidence, thresholds);
  const reason = whyNobody(visit, thresholds, rules);
  const personId =
    reason === "unknown_person" || best === undefined
      ? null
      : (bestOf(best, thresholds)?.answer.candidates[0]?.personId ?? null);
  return { result: "deny", reason, personId, numbers: numbersOf(best, thresholds, situation) };
}
