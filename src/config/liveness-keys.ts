import { z } from "zod";
import { duration, number, whole, yesOrNo } from "#config/values";
import { LIVENESS_MODES } from "#core/liveness";

/** Site-wide under `policy`, and what one door does differently. Without a default of its own: `faces.liveness` still counts. */
export const livenessMode = z.enum(LIVENESS_MODES).meta({
  description:
    "What it takes to believe that a face is a person's. monitor only records what speaks for a picture, and a good photograph opens the door; require refuses pictures, and asks second_factor when in doubt; cloud has the server of search.verifik look at the face of everybody who is recognised, and must itself have no strong doubt.",
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

/** How the server of the search contract is asked whether a face is a live one, at doors with `liveness: cloud`. */
export const serverLiveness = z
  .strictObject({
    min_score: number(0.5, 1, {
      description: "The server must find the face more live than this; its scale is its own.",
      reload: "restart-part",
    }).prefault(0.6),
    min_face_px: whole(80, 1000, {
      description: "A face lower than this, in pixels of detect_size, is not sent: the person has to come nearer.",
      reload: "restart-part",
    }).prefault(224),
    within: duration("3s", "20s", {
      description:
        "So long the server's yes may take and counts; one request has half of it. The face must still be there.",
      reload: "restart-part",
    }).prefault("8s"),
  })
  .meta({ description: "What doors with `liveness: cloud` ask the server.", reload: "restart-part" });
