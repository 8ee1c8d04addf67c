import { systemClock } from "#adapters/clock/system-clock";
import { newUlid } from "#adapters/clock/ulid";
import { openHomeAssistantLock } from "#adapters/doors/home-assistant-lock";
import { openNativeDoor } from "#adapters/doors/limen-native";
import { openMqttDoor } from "#adapters/doors/mqtt-door";
import type { DoorProfile } from "#adapters/doors/profile";
import { espRfidProfile } from "#adapters/doors/profiles/esp-rfid";
import { esphomeLockProfile } from "#adapters/doors/profiles/esphome-lock";
import { genericProfile } from "#adapters/doors/profiles/generic";
import { nukiHubProfile, nukiProfile } from "#adapters/doors/profiles/nuki";
import { ringMqttProfile } from "#adapters/doors/profiles/ring-mqtt";
import { shellyGen1Profile } from "#adapters/doors/profiles/shelly-gen1";
import { shellyGen2Profile } from "#adapters/doors/profiles/shelly-gen2";
import { tasmotaProfile } from "#adapters/doors/profiles/tasmota";
import { zigbee2mqttLockProfile, zigbee2mqttSwitchProfile } from "#adapters/doors/profiles/zigbee2mqtt";
import { zwaveJsUiProfile } from "#adapters/doors/profiles/zwavejs-ui";
import type { MqttConnection } from "#adapters/mqtt/connection";
import { controllerTopics } from "#adapters/mqtt/topics";
import type { Config, DoorConfig } from "#config/config";
import type { ControllerConfig, DeviceControllerConfig } from "#config/controller-config";
import { formatDuration } from "#config/units";
import type { DoorController } from "#ports/door-controller";
import type { Logger } from "#ports/logger";
import type { Metrics } from "#ports/metrics";

/** From the config's controllers to the adapters that move locks. */

/** What is known of a device, for the door it moves. */
export function profileOf(door: string, controller: DeviceControllerConfig): DoorProfile {
  switch (controller.profile) {
    case "tasmota":
      return tasmotaProfile(controller);
    case "shelly_gen1":
      return shellyGen1Profile(controller);
    case "shelly_gen2":
      // Its answers come to a topic of ours; one a door, so that two doors at one device hear their own.
      return shellyGen2Profile({ ...controller, source: `limen-${door}` });
    case "zigbee2mqtt_lock":
      return zigbee2mqttLockProfile(controller);
    case "zigbee2mqtt_switch":
      return zigbee2mqttSwitchProfile(controller);
    case "esphome_lock":
      return esphomeLockProfile(controller);
    case "esp_rfid":
      return espRfidProfile(controller);
    case "nuki":
      return nukiProfile(controller);
    case "nuki_hub":
      return nukiHubProfile(controller);
    case "zwavejs_ui":
      return zwaveJsUiProfile(controller);
    case "ring_mqtt":
      return ringMqttProfile(controller);
    case "generic":
      return genericProfile(controller);
  }
}

/** Every topic on which the config's devices take commands. */
export function commandTopicsOf({ doors }: Config): ReadonlySet<string> {
  return new Set(
    doors.flatMap(({ id, controller }) =>
      controller.profile === "limen_native" || controller.profile === "home_assistant_lock"
        ? []
        : profileOf(id, controller).commandTopics,
    ),
  );
}

/** What nobody can check at the doors of this config, one sentence each, behind the door's name. */
export function uncheckableAt({ doors }: Config): readonly { readonly door: string; readonly words: string }[] {
  return doors.flatMap(({ id, controller }) => doubtsAbout(id, controller).map((words) => ({ door: id, words })));
}

function doubtsAbout(door: string, controller: ControllerConfig): readonly string[] {
  if (controller.profile === "limen_native") return [];
  const isUnseen = "pulseChecked" in controller && !controller.pulseChecked;
  const pulse = isUnseen
    ? [
        `nobody can ask whether it locks again by itself after ${formatDuration(controller.pulseMs)}: watch it do so, then write pulse_checked: true`,
      ]
    : [];
  if (controller.profile === "home_assistant_lock")
    return [
      "it opens for whoever may use it in Home Assistant, and nobody knows how long an order waits there",
      ...pulse,
    ];
  const { openingTopics, acks, saysAvailability } = profileOf(door, controller);
  return [
    `it opens for whoever may write to ${openingTopics.join(", ")}: let only Limen`,
    ...(acks ? [] : ["it never says whether it has opened"]),
    ...(saysAvailability ? [] : ["it never says that it is away"]),
    ...pulse,
  ];
}

export function openDoor(
  config: Config,
  { id, controller }: DoorConfig,
  transport: MqttConnection,
  tools: { readonly logger: Logger; readonly metrics: Metrics },
): Promise<DoorController & AsyncDisposable> {
  const parts = { door: id, transport, clock: systemClock, newId: newUlid, ...tools };
  if (controller.profile === "home_assistant_lock")
    return openHomeAssistantLock({ ...parts, ...controller, token: () => controller.token.reveal() });
  if (controller.profile !== "limen_native")
    return openMqttDoor({ ...parts, profile: profileOf(id, controller), pulseMs: controller.pulseMs });
  return openNativeDoor({
    ...parts,
    controller: controller.id,
    topics: controllerTopics(config.mqtt.prefix, controller.id),
    key: controller.key.reveal(),
    keyId: controller.keyId,
    pulseMs: controller.pulseMs,
  });
}
