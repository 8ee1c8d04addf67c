import type { Secret } from "#config/secret";

/** What moves a door's lock; `pulseMs` is how long it stays open, whoever ends that. */
export type ControllerConfig = NativeControllerConfig | DeviceControllerConfig | HomeAssistantLockConfig;

/** A device people have, whose commands carry no signature. */
export type DeviceControllerConfig = { readonly pulseMs: number } & DeviceConfig;

interface Checked {
  /** Its owner has seen that it ends its pulse by itself. */
  readonly pulseChecked: boolean;
}

type DeviceConfig =
  | { readonly profile: "tasmota"; readonly topic: string; readonly relay: number }
  | ({ readonly profile: "shelly_gen1"; readonly device: string; readonly relay: number } & Checked)
  | { readonly profile: "shelly_gen2"; readonly prefix: string; readonly channel: number }
  | ({
      readonly profile: "zigbee2mqtt_lock" | "zigbee2mqtt_switch";
      readonly base: string;
      readonly device: string;
    } & Checked)
  | ({ readonly profile: "esphome_lock"; readonly prefix: string; readonly lock: string } & Checked)
  | { readonly profile: "esp_rfid"; readonly topic: string; readonly ip: string; readonly door: number | null }
  | ({ readonly profile: "nuki"; readonly device: string; readonly action: NukiAction } & Checked)
  | ({ readonly profile: "nuki_hub"; readonly topic: string; readonly action: NukiAction } & Checked)
  | ({ readonly profile: "zwavejs_ui"; readonly prefix: string; readonly node: string } & Checked)
  | ({
      readonly profile: "ring_mqtt";
      readonly location: string;
      readonly device: string;
      readonly kind: "lock" | "intercom";
    } & Checked)
  | {
      readonly profile: "generic";
      readonly topic: string;
      readonly unlock: string;
      readonly lock: string | null;
      readonly state: {
        readonly topic: string;
        readonly key: string | null;
        readonly unlocked: string;
        readonly locked: string;
      } | null;
      readonly availability: { readonly topic: string; readonly online: string; readonly offline: string } | null;
    };

/** A lock that only Home Assistant can move, by HTTP. */
export interface HomeAssistantLockConfig extends Checked {
  readonly profile: "home_assistant_lock";
  readonly url: string;
  readonly token: Secret;
  readonly entity: string;
  readonly action: "unlock" | "open";
  readonly pulseMs: number;
}

type NukiAction = "unlatch" | "lock_n_go" | "unlock";

export interface NativeControllerConfig {
  readonly profile: "limen_native";
  readonly id: string;
  /** The decoded bytes, at least 32. */
  readonly key: Secret<Uint8Array>;
  readonly keyId: string;
  readonly pulseMs: number;
}
