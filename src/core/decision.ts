import { isOfflineAllowed } from "#core/access";
import type { Engine } from "#core/candidate";
import type { DecisionRules } from "#core/decision-rules";
import { rulesFor, thresholdsOf } from "#core/demands";
import { admissible, restsOnFallback } from "#core/engine-choice";
import { wantsIn } from "#core/intent";
import { type DoorFacts, type DoorPolicy, type PersonFacts, refusalOf } from "#core/policy";
import { proofOf } from "#core/proof";
import { isOpen } from "#core/question";
import type { DenyReason, Reason } from "#core/reason";
import { leaderOf, supportOf, windowOf } from "#core/support";
import type { CalibratedThreshold } from "#core/threshold";
import type { Visit } from "#core/visit";
import { suspectIn } from "#core/watch-list";
import { bestFrame, type Numbers, nearestPerson, numbersOf, RESEMBLANCE, whyNobody } from "#core/why-nobody";

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
  /** What the local engine's threshold was calibrated to; null = the policy's own rule. */
  readonly calibrated: CalibratedThreshold | null;
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

const WAIT: Verdict = { result: "wait" };

/** Why somebody who may pass is not let in yet: what the newest picture shows them doing, and with whom. */
function hindranceOf({ evidence }: Visit, rules: DecisionRules): DenyReason | null {
  const newest = evidence.slice(-1);
  if (rules.intent === "required" && !newest.some(({ intent }) => wantsIn(intent))) return "walked_past";
  const isAlone = newest.some(({ company }) => company.unrecognised === 0);
  return rules.company === "deny" && !isAlone ? "accompanied" : null;
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
  const { nowMs, ended, people, gallerySizes } = situation;
  const { rules, access } = policy;
  if (situation.visit.decided !== null) return WAIT;

  const { firstTriedAtMs } = situation.visit;
  const deadlineMs = firstTriedAtMs === null ? Number.POSITIVE_INFINITY : firstTriedAtMs + rules.patienceMs;
  const outOfPatience = nowMs >= deadlineMs;
  const thresholds = thresholdsOf(policy, gallerySizes, situation.calibrated);
  const rulesOf = rulesFor(policy, people);
  const leads = (seen: Visit): string | null => leaderOf(admissible(seen, policy.engine), thresholds, rulesOf);
  const inTime = asOf(situation.visit, deadlineMs);
  // While somebody is asked to confirm, patience waits for the answer.
  const hasGivenUp = outOfPatience && situation.visit.asked === null && leads(inTime) === null;
  const visit = hasGivenUp ? inTime : situation.visit;
  const leaderId = leads(visit);

  // To say of somebody that they are on the list takes the threshold; to keep the door shut, whoever leads, a resemblance is enough.
  const slack = leaderId === null ? 0 : RESEMBLANCE;
  const suspect = suspectIn(windowOf(visit, rules), { access, people, thresholds }, slack);
  if (suspect !== null) {
    const { personId, frame } = suspect;
    return { result: "deny", reason: "watch_list", personId, numbers: numbersOf(frame, thresholds, gallerySizes) };
  }

  if (leaderId !== null) {
    const needed = rulesOf(leaderId);
    const frames = supportOf(leaderId, windowOf(admissible(visit, policy.engine), needed), thresholds, needed);
    const [newest] = [...frames].sort((a, b) => b.capturedAtMs - a.capturedAtMs);
    const numbers = numbersOf(newest, thresholds, gallerySizes);
    const deny = (reason: DenyReason): Verdict => ({ result: "deny", reason, personId: leaderId, numbers });
    // Every supporting frame counts, whatever order they came in: one from the future makes the whole visit incredible.
    const ages = frames.map((frame) => nowMs - frame.capturedAtMs);
    const isFresh = ages.every((age) => age >= 0) && Math.min(...ages) <= rules.maxDecisionAgeMs;
    const facts = people.find(({ id }) => id === leaderId) ?? null;
    const refusal = refusalOf(policy, facts, situation.door);
    if (refusal !== null) return deny(refusal);
    if (restsOnFallback(frames, needed.agree) && !(facts !== null && isOfflineAllowed(access, facts))) {
      // The engine on the network may be back before patience is over.
      return ended || outOfPatience ? deny("engine_offline") : WAIT;
    }
    const hindrance = hindranceOf(visit, rules);
    if (hindrance !== null) {
      return ended || (hindrance === "accompanied" && outOfPatience) ? deny(hindrance) : WAIT;
    }
    const seenAtMs = Math.max(...frames.map((frame) => frame.capturedAtMs));
    const proof = proofOf(policy.liveness, { visit, personId: leaderId, seenAtMs, nowMs, ended, outOfPatience });
    if (proof === "refused") return deny("liveness");
    if (proof === "ask" && isFresh) return { result: "wait", ask: leaderId };
    if (proof !== "given") return WAIT;
    if (isFresh) return { result: "grant", reason: "ok", personId: leaderId, numbers };
    return ended ? deny("stale") : WAIT;
  }

  const { asked } = visit;
  const isAsking = asked !== null && isOpen(asked, policy.liveness.askWithinMs ?? 0, nowMs);
  if (!ended && (isAsking || (asked === null && !outOfPatience))) return WAIT;
  const best = bestFrame(visit.evidence, thresholds);
  const numbers = numbersOf(best, thresholds, gallerySizes);
  // Recognised, doubted, asked about, and not recognised any more: the doubt is what is left.
  if (asked !== null) return { result: "deny", reason: "liveness", personId: asked.personId, numbers };
  const reason = whyNobody(visit, thresholds, rulesOf);
  const personId = reason === "unknown_person" ? null : nearestPerson(best, thresholds);
  return { result: "deny", reason, personId, numbers };
}
