import { readFileSync } from "node:fs";
import { z } from "zod";
import { esphomeLockPeer, zigbee2mqttLockPeer } from "#demo/peers/locks";
import type { Peer } from "#demo/peers/peer";
import { shellyGen2Peer } from "#demo/peers/shelly-gen2";
import { tasmotaPeer } from "#demo/peers/tasmota";
import { LimenError } from "#errors";

const broker = {
  url: z.url({ protocol: /^mqtts?$/ }),
  username: z.string().optional(),
  password: z.string().optional(),
};
const relock_ms = z.number().int().min(1).max(600_000).default(3000);

const SETTINGS = z.discriminatedUnion("kind", [
  z.strictObject({
    ...broker,
    kind: z.literal("tasmota"),
    topic: z.string(),
    pulse_time: z.number().int().min(0).max(64_900).default(0),
    sets_pulse: z.boolean().default(true),
  }),
  z.strictObject({ ...broker, kind: z.literal("shelly_gen2"), prefix: z.string() }),
  z.strictObject({ ...broker, kind: z.literal("zigbee2mqtt_lock"), device: z.string(), relock_ms }),
  z.strictObject({ ...broker, kind: z.literal("esphome_lock"), prefix: z.string(), lock: z.string(), relock_ms }),
]);

export type PeerSettings = z.infer<typeof SETTINGS>;
/** What is written into the settings, before defaults. */
export type PeerSettingsInput = z.input<typeof SETTINGS>;

export function peerOf(settings: PeerSettings): Peer {
  switch (settings.kind) {
    case "tasmota":
      return tasmotaPeer({ topic: settings.topic, pulseTime: settings.pulse_time, setsPulse: settings.sets_pulse });
    case "shelly_gen2":
      return shellyGen2Peer(settings);
    case "zigbee2mqtt_lock":
      return zigbee2mqttLockPeer({ device: settings.device, relockMs: settings.relock_ms });
    case "esphome_lock":
      return esphomeLockPeer({ ...settings, relockMs: settings.relock_ms });
  }
}

/** The device's settings as JSON from standard input: a password has no place on a command line. Throws LIMEN_CONFIG_INVALID. */
export function readPeerSettings(): PeerSettings {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(0, "utf8"));
  } catch {
    throw new LimenError("LIMEN_CONFIG_INVALID", "the device's settings are not JSON");
  }
  const settings = SETTINGS.safeParse(json);
  if (settings.success) return settings.data;
  throw new LimenError("LIMEN_CONFIG_INVALID", `the device's settings are wrong: ${z.prettifyError(settings.error)}`);
}
