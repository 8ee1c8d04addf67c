import { z } from "zod";
import { scheduleName } from "#config/access-section";
import { controllerSection } from "#config/controller-section";
import { secondFactor } from "#config/liveness-keys";
import { policyOverrides } from "#config/policy-section";
import { doorRemote } from "#config/remote-section";
import { id, oneOf } from "#config/values";
import { DOOR_MODES } from "#core/policy";

export const doorSection = z.strictObject({
  camera: id({ description: "The camera that watches this door.", reload: "restart-part" }),
  collection: id({ description: "Who may pass: the people in this collection.", reload: "live" }),
  controller: controllerSection,
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
