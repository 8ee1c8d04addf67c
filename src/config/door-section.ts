import { z } from "zod";
import { scheduleName } from "#config/access-section";
import { secondFactor } from "#config/liveness-keys";
import { policyOverrides } from "#config/policy-section";
import { duration, id, oneOf, secret, text } from "#config/values";
import { nearest } from "#core/nearest";
import { DOOR_MODES } from "#core/policy";

const SUPPORTED = ["limen_native"] as const;

/** Controllers people have, whose commands carry no signature; each needs rules of its own before it may open a door. */
const NOT_YET = [
  "tasmota",
  "shelly_gen1",
  "shelly_gen2",
  "esphome_lock",
  "zigbee2mqtt",
  "zwavejs_ui",
  "nuki",
  "generic",
];

const limenNative = z.strictObject({
  profile: z.literal(SUPPORTED).meta({
    description: "How the controller is spoken to: limen_native takes signed commands over MQTT.",
    reload: "restart-part",
  }),
  id: id({
    description: "The controller's own name, part of its topics.",
    reload: "restart-part",
    computed_default: "the door's id",
  }).optional(),
  key: secret({
    description: "The key its commands are signed with: `!secret name` of 32 random bytes (openssl rand -hex 32).",
    reload: "restart-part",
  }),
  key_id: text((name) => (/^[A-Za-z0-9._-]{1,64}$/.test(name) ? null : "must be 1 to 64 of A-Z a-z 0-9 . _ -"), {
    description: "Name of that key, so that it can be changed for a new one.",
    reload: "restart-part",
    range: "1 to 64 of A-Z a-z 0-9 . _ -",
    computed_default: "the door's id and -1",
  }).optional(),
  pulse: duration("500ms", "60s", { description: "How long the lock stays open.", reload: "restart-part" }).prefault(
    "3s",
  ),
});

export const doorSection = z.strictObject({
  camera: id({ description: "The camera that watches this door.", reload: "restart-part" }),
  collection: id({ description: "Who may pass: the people in this collection.", reload: "live" }),
  controller: z
    .discriminatedUnion("profile", [limenNative], { error: ({ input }) => profileFault(input) })
    .meta({ description: "What moves the lock.", reload: "restart-part" }),
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
  second_factor: secondFactor
    .meta({
      description: "With liveness: require, who confirms that a doubtful face is really there.",
      reload: "restart-part",
      computed_default: "nobody is asked; doubtful faces are refused",
    })
    .optional(),
});

function profileFault(controller: unknown): string | undefined {
  if (typeof controller !== "object" || controller === null || !("profile" in controller)) return undefined;
  const { profile } = controller;
  if (typeof profile !== "string") return undefined;
  const later = NOT_YET.find((name) => name === profile.toLowerCase());
  if (later !== undefined) return `${later} is not supported yet; supported: ${SUPPORTED.join(", ")}`;
  const near = nearest(profile, SUPPORTED);
  return `is not a known profile${near === null ? "" : ` (did you mean "${near}"?)`}; supported: ${SUPPORTED.join(", ")}`;
}
