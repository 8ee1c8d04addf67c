import { decide, type Situation, type Verdict } from "#core/decision";
import type { DoorPolicy } from "#core/policy";
import type { Reason } from "#core/reason";
import type { Visit } from "#core/visit";

/** How a recorded visit comes out under a policy. */
export interface Redecision {
  readonly verdict: Exclude<Verdict, { result: "wait" }>;
  /** Pieces of evidence it took. */
  readonly frames: number;
  /**
   * True when the recorded visit was decided early and this policy would have waited for more, which nobody recorded: the verdict is
   * then what it would be had the person left.
   */
  readonly cutShort: boolean;
}

/**
 * Refusals by what was so when the visit was decided. An earlier picture may have been answered when it was not so yet (somebody who
 * waited for their company to go, while the door was locked out meanwhile): of those only the end is known.
 */
const MAY_HAVE_BEGUN_LATER: readonly Reason[] = [
  "camera_unhealthy",
  "locked_out",
  "person_inactive",
  "not_allowed_here",
  "outside_schedule",
  "clock_untrusted",
  "anti_passback",
  "interlock",
  "rate_limited",
];

/** The visit when so many of its pictures had been answered. */
function asItStood(visit: Visit, frames: number, atMs: number): Visit {
  const evidence = visit.evidence.slice(0, frames);
  const { asked } = visit;
  if (asked === null || asked.atMs > atMs) return { ...visit, evidence, engineFault: null, asked: null };
  const isAnswered = asked.answeredAtMs !== null && asked.answeredAtMs <= atMs;
  const question = isAnswered ? asked : { ...asked, answer: null, answeredAtMs: null };
  return { ...visit, evidence, engineFault: null, asked: question };
}

/**
 * Decides a recorded visit again, answer by answer as they came. Pure: the same situation and policy give the same result to the last
 * bit, and the policy in force at the time gives what was decided then.
 */
export function redecide(policy: DoorPolicy, situation: Situation): Redecision {
  const { visit } = situation;
  const frames = visit.evidence.length;
  for (const [i, { answeredAtMs }] of visit.evidence.entries()) {
    const soFar = asItStood(visit, i + 1, answeredAtMs);
    const verdict = decide(policy, { ...situation, visit: soFar, nowMs: answeredAtMs, ended: false });
    if (verdict.result === "wait") continue;
    if (i + 1 < frames && MAY_HAVE_BEGUN_LATER.includes(verdict.reason)) continue;
    return { verdict, frames: i + 1, cutShort: false };
  }
  const last = decide(policy, situation);
  if (last.result !== "wait") return { verdict: last, frames, cutShort: false };
  const left = decide(policy, { ...situation, ended: true });
  if (left.result === "wait") throw new RangeError("a recorded visit cannot have been decided before it was recorded");
  return { verdict: left, frames, cutShort: true };
}
