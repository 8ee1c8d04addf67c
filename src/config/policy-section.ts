import { z } from "zod";
import { scheduleName, watchList } from "#config/access-section";
import { livenessMode } from "#config/liveness-keys";
import { formatDuration } from "#config/units";
import { duration, number, oneOf, whole } from "#config/values";
import { COMPANY_RULES, DEFAULT_DECISION_RULES as DEFAULTS, INTENT_RULES } from "#core/decision-rules";
import { GRANT_LIFE_MS } from "#core/grant";
import { DEFAULT_LOCK_OUT } from "#core/lock-out";
import { NO_PASSBACK, PASSBACK_MODES } from "#core/passback";

/** More than so many would take longer than anybody waits. */
const MOST_PICTURES = 8;

const agree = whole(1, MOST_PICTURES, {
  description: "A grant needs the same person first and strong in so many pictures …",
  reload: "live",
});
const of = whole(1, MOST_PICTURES, { description: "… of the newest so many.", reload: "live" });
const window = duration("500ms", "10s", { description: "Those pictures lie within this time.", reload: "live" });
const margin = number(0, 0.5, {
  description: "How far ahead of the next best person, in score.",
  reload: "live",
});
const borderlineExtra = number(0, 0.2, {
  description:
    "A face that is turned a little further than faces.max_yaw, or whose template is a little weak, must be so far over the threshold, in score.",
  reload: "live",
});
const patience = duration("1s", "30s", {
  description: "Somebody tried for so long without success is refused, once.",
  reload: "live",
});
/** Longer than a grant lives would be a promise nobody keeps. */
const maxDecisionAge = duration("500ms", formatDuration(GRANT_LIFE_MS), {
  description: "A grant never rests on a picture older than this.",
  reload: "live",
});

const refusals = whole(0, 100, {
  description: "After so many refusals of strangers and doubtful faces … 0 = never.",
  reload: "live",
});
const within = duration("10s", "1h", { description: "… within this time …", reload: "live" });
const first = duration("5s", "10m", {
  description:
    "… the door opens for nobody for so long; twice as long each further time, until somebody was let in again …",
  reload: "live",
});
const longest = duration("5s", "1h", { description: "… but never for longer than this.", reload: "live" });
const lockOutNote = { description: "When a door opens for nobody for a while.", reload: "live" } as const;
const lockOut = z
  .strictObject({
    refusals: refusals.prefault(DEFAULT_LOCK_OUT.refusals),
    within: within.prefault(formatDuration(DEFAULT_LOCK_OUT.withinMs)),
    first: first.prefault(formatDuration(DEFAULT_LOCK_OUT.firstMs)),
    longest: longest.prefault(formatDuration(DEFAULT_LOCK_OUT.longestMs)),
  })
  .meta(lockOutNote);
const lockOutOverrides = z
  .strictObject({
    refusals: refusals.optional(),
    within: within.optional(),
    first: first.optional(),
    longest: longest.optional(),
  })
  .meta(lockOutNote);
const antiPassback = oneOf(PASSBACK_MODES, {
  description:
    "Somebody who is in an area already (`enters` of a door): soft lets them in again and notes it, hard refuses.",
  reload: "live",
});
const antiPassbackReset = duration("1m", "7d", {
  description: "That somebody is inside is forgotten after this.",
  reload: "live",
});
const intent = oneOf(INTENT_RULES, {
  description: "required lets nobody in who only walks past or away; off opens for every face that is recognised.",
  reload: "live",
});
const company = oneOf(COMPANY_RULES, {
  description:
    "When somebody unknown stands beside a person who may pass: notify opens and says so, deny waits and then refuses, ignore does not look.",
  reload: "live",
});

/** What holds for every door. */
export const policySection = z.strictObject({
  agree: agree.prefault(DEFAULTS.agree),
  of: of.prefault(DEFAULTS.of),
  window: window.prefault(formatDuration(DEFAULTS.windowMs)),
  margin: margin.prefault(DEFAULTS.margin),
  borderline_extra: borderlineExtra.prefault(DEFAULTS.borderlineExtra),
  patience: patience.prefault(formatDuration(DEFAULTS.patienceMs)),
  max_decision_age: maxDecisionAge.prefault(formatDuration(DEFAULTS.maxDecisionAgeMs)),
  schedule: scheduleName("When people may pass, unless a door says otherwise.", "at any hour").optional(),
  watch_list: watchList.optional(),
  lock_out: lockOut.prefault({}),
  anti_passback: antiPassback.prefault(NO_PASSBACK.mode),
  anti_passback_reset: antiPassbackReset.prefault(formatDuration(NO_PASSBACK.resetMs)),
  intent: intent.prefault(DEFAULTS.intent),
  company: company.prefault(DEFAULTS.company),
  liveness: livenessMode.optional(),
});

/** What one door does differently. */
export const policyOverrides = z.strictObject({
  agree: agree.optional(),
  of: of.optional(),
  window: window.optional(),
  margin: margin.optional(),
  borderline_extra: borderlineExtra.optional(),
  patience: patience.optional(),
  max_decision_age: maxDecisionAge.optional(),
  watch_list: watchList.optional(),
  lock_out: lockOutOverrides.optional(),
  anti_passback: antiPassback.optional(),
  anti_passback_reset: antiPassbackReset.optional(),
  intent: intent.optional(),
  company: company.optional(),
  liveness: livenessMode.optional(),
});
