import { hostOf } from "#config/addresses";
import type { ControllerConfig } from "#config/controller-config";
import type { ParsedFile } from "#config/schema";
import type { Secret } from "#config/secret";

type Parsed = ParsedFile["doors"][string]["controller"];

/** A door's controller, from the file's words to the program's. The decoded key is a native one's, the token Home Assistant's. */
export function controllerOf(
  door: string,
  given: Parsed,
  { doorKeyOf: keyOf, secretAt }: { doorKeyOf(door: string): Secret<Uint8Array>; secretAt(path: string): Secret },
): ControllerConfig {
  if (given.profile === "limen_native") {
    const { id = door, key_id: keyId = `${door}-1`, pulse: pulseMs } = given;
    return { profile: "limen_native", id, key: keyOf(door), keyId, pulseMs };
  }
  if (given.profile === "generic") {
    const { topic, unlock, lock = null, state, availability = null, pulse: pulseMs } = given;
    const said = state === undefined ? null : { ...state, key: state.key ?? null };
    return { profile: "generic", topic, unlock, lock, state: said, availability, pulseMs };
  }
  if (given.profile === "tasmota" || given.profile === "shelly_gen2") {
    const { pulse: pulseMs, ...device } = given;
    return { ...device, pulseMs };
  }
  if (given.profile === "esp_rfid") {
    const { pulse: pulseMs, door: output = null, ...device } = given;
    return { ...device, door: output, pulseMs };
  }
  if (given.profile === "home_assistant_lock") {
    const { pulse: pulseMs, pulse_checked: pulseChecked, ...lock } = given;
    return { ...lock, token: secretAt(`doors.${door}.controller.token`), pulseChecked, pulseMs };
  }
  const { pulse: pulseMs, pulse_checked: pulseChecked, ...device } = given;
  return { ...device, pulseChecked, pulseMs };
}

/** What one controller's output is and no other: two doors at one would open each other. In words that follow "is". */
export function outputOf(door: string, given: Parsed): string {
  switch (given.profile) {
    case "limen_native":
      return `"${given.id ?? door}"`;
    case "tasmota":
      return `relay ${given.relay} of ${given.topic}`;
    case "shelly_gen1":
      return `relay ${given.relay} of ${given.device}`;
    case "shelly_gen2":
      return `switch ${given.channel} of ${given.prefix}`;
    case "zigbee2mqtt_lock":
    case "zigbee2mqtt_switch":
      return `${given.base}/${given.device}`;
    case "esphome_lock":
      return `${given.prefix}/lock/${given.lock}`;
    case "esp_rfid":
      return `door ${given.door ?? 0} of ${given.topic}`;
    case "nuki":
      return `the Nuki ${given.device}`;
    case "nuki_hub":
    case "generic":
      return given.topic;
    case "zwavejs_ui":
      return `${given.prefix}/${given.node}`;
    case "home_assistant_lock":
      return `${given.entity} of ${hostOf(given.url)}`;
    case "ring_mqtt":
      return `${given.location}/${given.device}`;
  }
}
