import { z } from "zod";
import { networkFault } from "#config/addresses";
import { duration, oneOf, secret, text, whole, yesOrNo } from "#config/values";

/** Controllers people have, whose commands carry no signature: one entry a profile, described as its own manual calls things. */

export const pulse = duration("500ms", "60s", {
  description: "How long the lock stays open.",
  reload: "restart-part",
}).prefault("3s");

/** For locks that take their time to lock again. */
const ownPulse = duration("500ms", "10m", {
  description: "After how long it locks again by itself, as it is set in the device.",
  reload: "restart-part",
}).prefault("3s");

const pulseChecked = yesOrNo({
  description:
    "True: you have seen that the device locks again by itself after `pulse`. Until then the door is called degraded, because nobody can ask the device.",
  reload: "restart-part",
}).prefault(false);

const TOPIC_RANGE = "1 to 128 characters of A-Z a-z 0-9 . _ - and / between them";

/** A topic, or the part of one, that a controller was given by its owner: no wildcard, nothing empty between two slashes. */
function topic(description: string) {
  return text(
    (given) => (/^(?=.{1,128}$)[A-Za-z0-9._-]+(?:\/[A-Za-z0-9._-]+)*$/.test(given) ? null : `must be ${TOPIC_RANGE}`),
    { description, reload: "restart-part", range: TOPIC_RANGE },
  );
}

/** A payload or a word of one: short, and in one line. */
function words(description: string) {
  return text((given) => (/^[\P{Cc}]{1,512}$/u.test(given) ? null : "must be 1 to 512 characters in one line"), {
    description,
    reload: "restart-part",
    range: "1 to 512 characters in one line",
  });
}

function profile<const T extends string>(name: T, description: string) {
  return { profile: z.literal(name).meta({ description, reload: "restart-part" }) };
}

const action = oneOf(["unlatch", "lock_n_go", "unlock"], {
  description:
    "What opens the door: unlatch pulls the latch and lets go, lock_n_go unlocks and locks again, unlock needs auto-lock.",
  reload: "restart-part",
}).prefault("unlatch");

const relay = (from: number, to: number) =>
  whole(from, to, { description: "Which relay moves the lock.", reload: "restart-part" }).prefault(from);

const tasmota = z.strictObject({
  ...profile("tasmota", "A relay under Tasmota; Limen sets its PulseTime."),
  topic: topic("The device's own topic: `Topic` in its MQTT settings."),
  relay: relay(1, 8),
  pulse,
});
const shellyGen1 = z.strictObject({
  ...profile("shelly_gen1", "A Shelly of the first generation; its own auto_off must end the pulse."),
  device: topic("Its id in its topics, such as shelly1-0123AB."),
  relay: relay(0, 7),
  pulse,
  pulse_checked: pulseChecked,
});
const shellyGen2 = z.strictObject({
  ...profile("shelly_gen2", "A Shelly Plus, Pro, Gen3 or Gen4, with RPC over MQTT."),
  prefix: topic("Its MQTT prefix."),
  channel: whole(0, 7, { description: "Which switch moves the lock.", reload: "restart-part" }).prefault(0),
  pulse,
});
const zigbeeKeys = {
  base: topic("Zigbee2MQTT's base topic.").prefault("zigbee2mqtt"),
  device: topic("The device's friendly name."),
  pulse_checked: pulseChecked,
};
const zigbee2mqttLock = z.strictObject({
  ...profile("zigbee2mqtt_lock", "A lock behind Zigbee2MQTT; its own auto-relock ends the pulse."),
  ...zigbeeKeys,
  pulse: ownPulse,
});
const zigbee2mqttSwitch = z.strictObject({
  ...profile("zigbee2mqtt_switch", "A relay behind Zigbee2MQTT that understands on_time."),
  ...zigbeeKeys,
  pulse,
});
const esphomeLock = z.strictObject({
  ...profile("esphome_lock", "A lock component of ESPHome; its firmware must lock again."),
  prefix: topic("The node's topic prefix."),
  lock: topic("The lock's object id."),
  pulse: ownPulse,
  pulse_checked: pulseChecked,
});
const espRfid = z.strictObject({
  ...profile("esp_rfid", "A board with esp-rfid; its activation time ends the pulse."),
  topic: topic("Its MQTT topic."),
  ip: text((given) => (z.ipv4().safeParse(given).success ? null : "must be an IPv4 address"), {
    description: "The board's own address: it ignores commands that do not name it, so it must not change.",
    reload: "restart-part",
    range: "an IPv4 address",
  }),
  door: whole(0, 3, {
    description: "Which of its doors.",
    reload: "restart-part",
    computed_default: "all of them",
  }).optional(),
  pulse: ownPulse,
});
const nuki = z.strictObject({
  ...profile("nuki", "A Nuki lock with MQTT of its own."),
  device: text((given) => (/^[0-9A-Fa-f]{6,16}$/.test(given) ? null : "must be the lock's id, such as 1A2B3C4D"), {
    description: "The lock's id, as it stands in its topics.",
    reload: "restart-part",
    range: "6 to 16 hex digits",
  }),
  action,
  pulse: ownPulse,
  pulse_checked: pulseChecked,
});
const nukiHub = z.strictObject({
  ...profile("nuki_hub", "A Nuki lock behind the Nuki Hub firmware."),
  topic: topic("The lock's base topic.").prefault("nukihub"),
  action,
  pulse: ownPulse,
  pulse_checked: pulseChecked,
});
const zwavejsUi = z.strictObject({
  ...profile("zwavejs_ui", "A lock behind Z-Wave JS UI, with topics by value id."),
  prefix: topic("Z-Wave JS UI's prefix.").prefault("zwave"),
  node: topic("The node's own part of the topic, with its location where it has one."),
  pulse: ownPulse,
  pulse_checked: pulseChecked,
});
const ringMqtt = z.strictObject({
  ...profile("ring_mqtt", "A lock or intercom behind ring-mqtt: each command goes by Ring's cloud."),
  location: topic("The location's id."),
  device: topic("The device's id."),
  kind: oneOf(["lock", "intercom"], {
    description: "An intercom never says whether it opened.",
    reload: "restart-part",
  }).prefault("lock"),
  pulse: ownPulse,
  pulse_checked: pulseChecked,
});
const homeAssistantLock = z.strictObject({
  ...profile("home_assistant_lock", "A lock that only Home Assistant can move, by its REST interface."),
  url: text(networkFault, {
    description: "Home Assistant's address.",
    reload: "restart-part",
    range: "https:// (http:// only to this computer itself)",
  }),
  token: secret({
    description: "A long-lived access token of a user of its own: `!secret name`.",
    reload: "restart-part",
  }),
  entity: text(
    (given) => (/^lock\.[a-z0-9_]{1,120}$/.test(given) ? null : "must be a lock's entity id, such as lock.front"),
    {
      description: "The lock's entity id.",
      reload: "restart-part",
      range: "an entity id that begins with lock.",
    },
  ),
  action: oneOf(["unlock", "open"], {
    description: "open pulls the latch too, where the lock has one.",
    reload: "restart-part",
  }).prefault("unlock"),
  pulse: ownPulse,
  pulse_checked: pulseChecked,
});
const generic = z.strictObject({
  ...profile("generic", "Anything else that takes a message: you say which, and who ends the pulse."),
  topic: topic("Where the command goes."),
  unlock: words("What is sent to release the lock; {{id}}, {{pulse_ms}} and {{pulse_s}} are filled in."),
  lock: words("What is sent to lock it again early.").meta({ computed_default: "it is not told" }).optional(),
  pulse,
  pulse_by: oneOf(["device", "command"], {
    description:
      "Who locks again after `pulse`: the device by itself, or because the command says so. Limen never does.",
    reload: "restart-part",
  }),
  state: z
    .strictObject({
      topic: topic("Where it says how its lock is."),
      key: words("The key of the JSON object that holds it.")
        .meta({ computed_default: "the whole payload" })
        .optional(),
      unlocked: words("The word for unlocked."),
      locked: words("The word for locked."),
    })
    .meta({ description: "How it answers.", reload: "restart-part", computed_default: "it never says" })
    .optional(),
  availability: z
    .strictObject({
      topic: topic("Where it says whether it is there."),
      online: words("The word for there.").prefault("online"),
      offline: words("The word for away.").prefault("offline"),
    })
    .meta({ description: "Whether it is there.", reload: "restart-part", computed_default: "it never says" })
    .optional(),
});

export const DEVICE_SECTIONS = [
  tasmota,
  shellyGen1,
  shellyGen2,
  zigbee2mqttLock,
  zigbee2mqttSwitch,
  esphomeLock,
  espRfid,
  nuki,
  nukiHub,
  zwavejsUi,
  ringMqtt,
  homeAssistantLock,
  generic,
] as const;
