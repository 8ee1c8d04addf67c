import { decide, type Situation, type Verdict } from "#core/decision";
import type { DoorPolicy } from "#core/policy";

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
 * Decides a recorded visit again, answer by answer as they came. Pure: the same situation and policy give the same result to the last
 * bit, and the policy in force at the time gives what was decided then.
 */
export function redecide(policy: DoorPolicy, situation: Situation): Redecision {
  const { visit } = situation;
  for (const [i, { answeredAtMs }] of visit.evidence.entries()) {
    const soFar = { ...visit, evidence: visit.evidence.slice(0, i + 1), engineFault: null };
    const verdict = decide(policy, { ...situation, visit: soFar, nowMs: answeredAtMs, ended: false });
    if (verdict.result !== "wait") return { verdict, frames: i + 1, cutShort: false };
  }
  const frames = visit.evidence.length;
  const last = decide(policy, situation);
  if (last.result !== "wait") return { verdict: last, frames, cutShort: false };
  const left = decide(policy, { ...situation, ended: true });
  if (left.result === "wait") throw new RangeError("a recorded visit cannot have been decided before it was recorded");
  return { verdict: left, frames, cutShort: true };
}
