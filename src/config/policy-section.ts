import { z } from "zod";
import { livenessMode } from "#config/liveness-keys";
import { formatDuration } from "#config/units";
import { duration, number, whole } from "#config/values";
import { DEFAULT_DECISION_RULES as DEFAULTS } from "#core/decision-rules";
import { GRANT_LIFE_MS } from "#core/grant";

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
const patience = duration("1s", "30s", {
  description: "Somebody tried for so long without success is refused, once.",
  reload: "live",
});
/** Longer than a grant lives would be a promise nobody keeps. */
const maxDecisionAge = duration("500ms", formatDuration(GRANT_LIFE_MS), {
  description: "A grant never rests on a picture older than this.",
  reload: "live",
});

/** What holds for every door. */
export const policySection = z.strictObject({
  agree: agree.prefault(DEFAULTS.agree),
  of: of.prefault(DEFAULTS.of),
  window: window.prefault(formatDuration(DEFAULTS.windowMs)),
  margin: margin.prefault(DEFAULTS.margin),
  patience: patience.prefault(formatDuration(DEFAULTS.patienceMs)),
  max_decision_age: maxDecisionAge.prefault(formatDuration(DEFAULTS.maxDecisionAgeMs)),
  liveness: livenessMode.optional(),
});

/** What one door does differently. */
export const policyOverrides = z.strictObject({
  agree: agree.optional(),
  of: of.optional(),
  window: window.optional(),
  margin: margin.optional(),
  patience: patience.optional(),
  max_decision_age: maxDecisionAge.optional(),
  liveness: livenessMode.optional(),
});
