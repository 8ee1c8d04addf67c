import { z } from "zod";
import { duration, yesOrNo } from "#config/values";
import { LIVENESS_MODES } from "#core/liveness";

/** Site-wide under `policy`, and what one door does differently. Without a default of its own: `faces.liveness` still counts. */
export const livenessMode = z
  .enum(LIVENESS_MODES, {
    error: ({ input }) =>
      input === "cloud" ? `cloud is not supported yet; there is ${LIVENESS_MODES.join(", ")}` : undefined,
  })
  .meta({
    description:
      "What it takes to believe that a face is a person's. monitor only records what speaks for a picture, and a good photograph opens the door; require refuses pictures, and asks second_factor when in doubt.",
    reload: "restart-part",
    computed_default: "monitor",
  });

/** Where it stood before it became a door's own matter. */
export const formerLiveness = z
  .enum(["off", "monitor"], {
    error: ({ input }) =>
      input === "require" ? "is now policy.liveness (or doors.<door>.policy.liveness); write require there" : undefined,
  })
  .meta({
    description: "Has moved to policy.liveness.",
    reload: "restart-part",
    computed_default: "as in policy.liveness",
  });

/** Who is asked when a recognised face may be a picture, and how long. */
export const secondFactor = z.strictObject({
  mqtt: yesOrNo({
    description: "Ask over MQTT: home automation answers, and whoever may write to the topic lets people in.",
    reload: "restart-part",
  }).prefault(true),
  http: yesOrNo({
    description: "Ask over the API: a token with the scope confirm answers.",
    reload: "restart-part",
  }).prefault(false),
  within: duration("5s", "60s", {
    description: "So long an answer counts. The face must still be there when it comes.",
    reload: "restart-part",
  }).prefault("20s"),
});
