import type { Situation, Verdict } from "#core/decision";
import { afterGrant, afterRefusal, isLockedOut, type LockOut, NO_LOCK_OUT } from "#core/lock-out";
import type { DoorPolicy } from "#core/policy";
import type { Reason } from "#core/reason";
import { type Bucket, DOOR_OPENINGS, fullBucket, takeToken, tokensAt } from "#core/throttle";

/** What one door remembers from visit to visit, whoever comes: data, changed by verdicts alone, so that a replay can run it. */
export interface DoorMemory {
  readonly openings: Bucket;
  readonly lockOut: LockOut;
}

export function freshMemory(nowMs: number, lockOut: LockOut = NO_LOCK_OUT): DoorMemory {
  return { openings: fullBucket(DOOR_OPENINGS, nowMs), lockOut };
}

/** What that says about a decision made now. */
export function recalled(memory: DoorMemory, policy: DoorPolicy, nowMs: number) {
  return {
    mayOpenNow: tokensAt(memory.openings, DOOR_OPENINGS, nowMs) >= 1,
    lockedOut: policy.lockOut.refusals > 0 && isLockedOut(memory.lockOut, nowMs),
  } as const;
}

/** A face that looks like somebody enrolled, or like a picture, or like somebody who is watched for. */
const DOUBTFUL: readonly Reason[] = ["below_threshold", "ambiguous", "liveness", "watch_list"];

/**
 * Whether a refusal speaks for somebody who tries to get in. A doubtful face does, once it was judged as often as it takes to be let
 * in. A face that resembles nobody does only when it stayed for the whole of the door's patience: who walks past never does. Nothing
 * else does: a resident at the wrong hour, a camera that is covered, an engine or a clock that fails must not shut the others out.
 */
function isAttempt({ rules }: DoorPolicy, { visit, nowMs }: Situation, reason: Reason): boolean {
  if (visit.evidence.length < rules.agree) return false;
  if (DOUBTFUL.includes(reason)) return true;
  const triedMs = visit.firstTriedAtMs === null ? 0 : nowMs - visit.firstTriedAtMs;
  return reason === "unknown_person" && triedMs >= rules.patienceMs;
}

/**
 * The memory after a verdict; null for a grant that the door can no longer give, because another visit's verdict came between the
 * look at the facts and this one.
 */
export function afterVerdict(
  memory: DoorMemory,
  policy: DoorPolicy,
  situation: Situation,
  verdict: Verdict,
): DoorMemory | null {
  const { nowMs } = situation;
  if (verdict.result === "grant") {
    const openings = takeToken(memory.openings, DOOR_OPENINGS, nowMs);
    if (openings === null || recalled(memory, policy, nowMs).lockedOut) return null;
    return { openings, lockOut: afterGrant(memory.lockOut) };
  }
  if (verdict.result === "wait" || !isAttempt(policy, situation, verdict.reason)) return memory;
  return { ...memory, lockOut: afterRefusal(memory.lockOut, policy.lockOut, nowMs) };
}
