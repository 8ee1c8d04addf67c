import { z } from "zod";
import { scheduleName } from "#config/access-section";
import { contactSection } from "#config/contact-section";
import { controllerSection } from "#config/controller-section";
import { secondFactor } from "#config/liveness-keys";
import { policyOverrides } from "#config/policy-section";
import { doorRemote } from "#config/remote-section";
import { formatDuration } from "#config/units";
import { duration, id, oneOf, yesOrNo } from "#config/values";
import { DEFAULT_LEAF_RULE } from "#core/door-state";
import { DOOR_MODES } from "#core/policy";

export const doorSection = z.strictObject({
  camera: id({ description: "The camera that watches this door.", reload: "restart-part" }),
  collection: id({ description: "Who may pass: the people in this collection.", reload: "restart-part" }),
  controller: controllerSection,
  contact: contactSection
    .meta({
      description: "A door contact that the controller does not report itself.",
      reload: "restart-part",
      computed_default: "the controller's own, where it has one",
    })
    .optional(),
  held_open_after: duration("5s", "1h", {
    description: "Where a contact says so: open for so long is held open.",
    reload: "restart-part",
  }).prefault(formatDuration(DEFAULT_LEAF_RULE.heldOpenAfterMs)),
  forced_alarm: yesOrNo({
    description: "Where a contact says so: opened without anybody having been let in or out is forced.",
    reload: "restart-part",
  }).prefault(DEFAULT_LEAF_RULE.forcedAlarm),
  enters: id({
    description: "The area behind this door: who passes it is inside there.",
    reload: "live",
    computed_default: "none",
  }).optional(),
  leaves: id({
    description: "The area this door leads out of: who passes it is no longer inside there.",
    reload: "live",
    computed_default: "none",
  }).optional(),
  mode: oneOf(DOOR_MODES, {
    description:
      "shadow decides and records but opens nothing; normal opens; free_access opens at any hour; locked_down and disabled refuse everybody.",
    reload: "live",
  }).prefault("shadow"),
  schedule: scheduleName("When people may pass here.", "as in `policy`").optional(),
  policy: policyOverrides
    .meta({ description: "What this door does differently.", reload: "live", computed_default: "as in `policy`" })
    .optional(),
  remote: doorRemote
    .meta({
      description: "What may be done from afar.",
      reload: "restart-part",
      computed_default: "nothing but locking down",
    })
    .optional(),
  second_factor: secondFactor
    .meta({
      description: "With liveness: require, who confirms that a doubtful face is really there.",
      reload: "restart-part",
      computed_default: "nobody is asked; doubtful faces are refused",
    })
    .optional(),
});
