import { z } from "zod";
import { duration, id, secret, text, whole } from "#config/values";
import { nearest } from "#core/nearest";

const SUPPORTED = ["limen_native", "tasmota"] as const;

/** Controllers people have, whose commands carry no signature; each needs rules of its own before it may open a door. */
const NOT_YET = ["shelly_gen1", "shelly_gen2", "esphome_lock", "zigbee2mqtt", "zwavejs_ui", "nuki", "generic"];

const pulse = duration("500ms", "60s", {
  description: "How long the lock stays open.",
  reload: "restart-part",
}).prefault("3s");

const TOPIC_RANGE = "1 to 128 characters of A-Z a-z 0-9 . _ - and / between them";

/** A topic, or the part of one, that a controller was given by its owner: no wildcard, nothing empty between two slashes. */
function deviceTopic(description: string) {
  return text(
    (topic) => (/^(?=.{1,128}$)[A-Za-z0-9._-]+(?:\/[A-Za-z0-9._-]+)*$/.test(topic) ? null : `must be ${TOPIC_RANGE}`),
    {
      description,
      reload: "restart-part",
      range: TOPIC_RANGE,
    },
  );
}

const limenNative = z.strictObject({
  profile: z.literal("limen_native").meta({
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
  pulse,
});

const tasmota = z.strictObject({
  profile: z.literal("tasmota"),
  topic: deviceTopic("The device's own topic: `Topic` in its MQTT settings."),
  relay: whole(1, 8, { description: "Which relay moves the lock.", reload: "restart-part" }).prefault(1),
  pulse,
});

/** What moves a door's lock: one entry a profile. */
export const controllerSection = z
  .discriminatedUnion("profile", [limenNative, tasmota], { error: ({ input }) => profileFault(input) })
  .meta({ description: "What moves the lock.", reload: "restart-part" });

function profileFault(controller: unknown): string | undefined {
  if (typeof controller !== "object" || controller === null || !("profile" in controller)) return undefined;
  const { profile } = controller;
  if (typeof profile !== "string") return undefined;
  const later = NOT_YET.find((name) => name === profile.toLowerCase());
  if (later !== undefined) return `${later} is not supported yet; supported: ${SUPPORTED.join(", ")}`;
  const near = nearest(profile, SUPPORTED);
  return `is not a known profile${near === null ? "" : ` (did you mean "${near}"?)`}; supported: ${SUPPORTED.join(", ")}`;
}
