import { z } from "zod";
import { DEVICE_SECTIONS, pulse } from "#config/device-section";
import { id, secret, text } from "#config/values";
import { nearest } from "#core/nearest";

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

/** What moves a door's lock: one entry a profile. */
export const controllerSection = z
  .discriminatedUnion("profile", [limenNative, ...DEVICE_SECTIONS], { error: ({ input }) => profileFault(input) })
  .meta({ description: "What moves the lock.", reload: "restart-part" });

function profileFault(controller: unknown): string | undefined {
  if (typeof controller !== "object" || controller === null || !("profile" in controller)) return undefined;
  const { profile } = controller;
  if (typeof profile !== "string") return undefined;
  const known = [limenNative, ...DEVICE_SECTIONS].map(({ shape }) => shape.profile.value);
  const near = nearest(profile, known);
  return `is not a known profile${near === null ? "" : ` (did you mean "${near}"?)`}; supported: ${known.join(", ")}`;
}
