/** Why a decision came out as it did. Closed set: stored, published and tested by these words. */
export const DENY_REASONS = [
  "unknown_person",
  "below_threshold",
  "ambiguous",
  "not_enough_evidence",
  "liveness",
  "watch_list",
  "person_inactive",
  "not_allowed_here",
  "outside_schedule",
  "clock_untrusted",
  "door_locked_down",
  "door_disabled",
  "locked_out",
  "anti_passback",
  "interlock",
  "stale",
  "camera_unhealthy",
  "walked_past",
  "accompanied",
  "engine_offline",
  "engine_error",
  "spend_cap",
  "rate_limited",
  "audit_unavailable",
] as const;
export type DenyReason = (typeof DENY_REASONS)[number];
export type Reason = "ok" | DenyReason;
export const REASONS: readonly Reason[] = ["ok", ...DENY_REASONS];

/**
 * What became of the command, reported by the door controller; `none` = nothing was sent. `confirmed` = the door was seen open, or its
 * lock unlocked; `cancelled` = it was released and nobody opened it.
 */
export const ACTUATIONS = [
  "none",
  "sent",
  "acked",
  "confirmed",
  "cancelled",
  "failed",
  "expired",
  "refused",
  "controller_offline",
] as const;
export type Actuation = (typeof ACTUATIONS)[number];

const WORDS: Record<Reason, string> = {
  ok: "recognised and allowed",
  unknown_person: "nobody enrolled here looks like this",
  below_threshold: "looks a little like somebody enrolled, but not enough",
  ambiguous: "looks like two enrolled people at once",
  not_enough_evidence: "the face was not seen well enough, or not often enough",
  liveness: "may be a picture instead of a person",
  watch_list: "is on the watch list",
  person_inactive: "is enrolled but switched off",
  not_allowed_here: "is known but may not use this door",
  outside_schedule: "may not use this door on this day at this hour",
  clock_untrusted: "the clock cannot be trusted, so hours cannot be checked",
  door_locked_down: "the door is locked down",
  door_disabled: "the door is switched off",
  locked_out: "too many refusals: the door is locked out for a while",
  anti_passback: "is already inside",
  interlock: "another door of the pair is open, or nobody knows that it is shut",
  stale: "the picture was too old by the time of the decision",
  camera_unhealthy: "the camera cannot be trusted right now",
  walked_past: "only walked past, or away",
  accompanied: "is not alone, and somebody beside them is not recognised",
  engine_offline: "the search engine is not reachable",
  engine_error: "the search engine answered with an error",
  spend_cap: "the search budget is used up",
  rate_limited: "too many openings in a short time",
  audit_unavailable: "the decision could not be recorded",
};

/** One plain sentence part a person can read, without code words. */
export function wordsFor(reason: Reason): string {
  return WORDS[reason];
}
