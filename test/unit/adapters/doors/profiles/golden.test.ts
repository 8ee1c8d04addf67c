import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { DoorProfile, DoorWord } from "#adapters/doors/profile";
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

function shortlyOne(word: DoorWord): string {
  switch (word.is) {
    case "available":
      return `${word.online ? "here" : "away"}${word.part === undefined ? "" : `(${word.part})`}`;
    case "done":
      return `${word.why === "ok" ? "done" : word.why}${word.order === null ? "" : `(${word.order})`}`;
    case "refused":
      return `refused:${word.why}${word.order === null ? "" : `(${word.order})`}`;
    case "lock":
      return word.state;
    case "contact":
      return word.open ? "open" : "shut";
    case "concern":
      return `${word.concern}${word.holds ? "+" : "-"}`;
    case "request_to_exit":
      return "exit";
  }
}

/** `done locked unlocked here away refused:why concern+ concern-`, as the table below writes them. */
const shortly = (words: readonly DoorWord[]): string => words.map(shortlyOne).join(" ");

interface Golden {
  readonly profile: DoorProfile;
  /** Topic and bytes that release the lock, and those that lock it again. */
  readonly unlock: readonly [string, string];
  readonly relock: readonly [string, string] | null;
  /** What is heard, and what it means. */
  readonly heard: readonly (readonly [string, string, string])[];
  readonly unchecked?: readonly string[];
}

const checked = { pulseChecked: true };
const GOLDEN: Readonly<Record<string, Golden>> = {
  tasmota: {
    profile: tasmotaProfile({ topic: "garage", relay: 2, pulseMs: 3000 }),
    unlock: ["cmnd/garage/POWER2", "ON"],
    relock: ["cmnd/garage/POWER2", "OFF"],
    heard: [
      ["stat/garage/RESULT", '{"POWER2":"ON"}', "done unlocked"],
      ["stat/garage/RESULT", '{"PowerOnState":3}', "opens_at_power_up+"],
      ["stat/garage/RESULT", '{"PowerOnState":0}', "opens_at_power_up-"],
    ],
    unchecked: ["setup_unanswered"],
  },
  shelly_gen1: {
    profile: shellyGen1Profile({ device: "shelly1-0123AB", relay: 0, pulseChecked: false }),
    unlock: ["shellies/shelly1-0123AB/relay/0/command", "on"],
    relock: ["shellies/shelly1-0123AB/relay/0/command", "off"],
    heard: [
      ["shellies/shelly1-0123AB/relay/0", "on", "done unlocked"],
      ["shellies/shelly1-0123AB/relay/0", "off", "locked"],
      ["shellies/shelly1-0123AB/relay/0", "overpower", ""],
      ["shellies/shelly1-0123AB/online", "true", "here"],
      ["shellies/shelly1-0123AB/online", "false", "away"],
    ],
    unchecked: ["setup_unanswered"],
  },
  shelly_gen2: {
    profile: shellyGen2Profile({ prefix: "porch", channel: 0, source: "limen-front" }),
    unlock: [
      "porch/rpc",
      '{"id":"01KORDER","src":"limen-front","method":"Switch.Set","params":{"id":0,"on":true,"toggle_after":3}}',
    ],
    relock: [
      "porch/rpc",
      '{"id":"limen-relock","src":"limen-front","method":"Switch.Set","params":{"id":0,"on":false}}',
    ],
    heard: [
      [
        "limen-front/rpc",
        '{"id":"01KORDER","src":"porch","dst":"limen-front","result":{"was_on":false}}',
        "done(01KORDER)",
      ],
      ["limen-front/rpc", '{"id":"01KORDER","src":"porch","result":{"was_on":true}}', "already_open(01KORDER)"],
      [
        "limen-front/rpc",
        '{"id":"01KORDER","error":{"code":-103,"message":"no such switch"}}',
        "refused:error_103(01KORDER)",
      ],
      [
        "limen-front/rpc",
        '{"id":"limen-setup","result":{"id":0,"initial_state":"restore_last"}}',
        "opens_at_power_up+",
      ],
      ["limen-front/rpc", '{"id":"limen-setup","result":{"id":0,"initial_state":"off"}}', "opens_at_power_up-"],
      ["limen-front/rpc", '{"result":{"was_on":false}}', ""],
      ["porch/status/switch:0", '{"id":0,"output":true}', "unlocked"],
      ["porch/status/switch:0", '{"id":0,"output":false}', "locked"],
      ["porch/online", "true", "here"],
    ],
  },
  zigbee2mqtt_lock: {
    profile: zigbee2mqttLockProfile({ base: "zigbee2mqtt", device: "front", ...checked }),
    unlock: ["zigbee2mqtt/front/set", '{"state":"UNLOCK"}'],
    relock: ["zigbee2mqtt/front/set", '{"state":"LOCK"}'],
    heard: [
      ["zigbee2mqtt/front", '{"state":"UNLOCK","lock_state":"unlocked","battery":90}', "done unlocked"],
      ["zigbee2mqtt/front", '{"state":"LOCK","lock_state":"not_fully_locked"}', "jammed"],
      ["zigbee2mqtt/front", '{"state":"LOCK"}', "locked"],
      ["zigbee2mqtt/front", '{"battery":90}', ""],
      ["zigbee2mqtt/front/availability", '{"state":"offline"}', "away(device)"],
      ["zigbee2mqtt/bridge/state", '{"state":"online"}', "here(bridge)"],
      ["zigbee2mqtt/bridge/state", "offline", "away(bridge)"],
    ],
  },
  zigbee2mqtt_switch: {
    profile: zigbee2mqttSwitchProfile({ base: "z", device: "relay", pulseChecked: false }),
    unlock: ["z/relay/set", '{"state":"ON","on_time":3,"off_wait_time":0}'],
    relock: ["z/relay/set", '{"state":"OFF"}'],
    heard: [
      ["z/relay", '{"state":"ON"}', "done unlocked"],
      ["z/relay", '{"state":"OFF"}', "locked"],
      ["z/relay", "[1]", ""],
    ],
    unchecked: ["setup_unanswered"],
  },
  esphome_lock: {
    profile: esphomeLockProfile({ prefix: "strike", lock: "front_door", ...checked }),
    unlock: ["strike/lock/front_door/command", "UNLOCK"],
    relock: ["strike/lock/front_door/command", "LOCK"],
    heard: [
      ["strike/lock/front_door/state", "UNLOCKING", "done unlocking"],
      ["strike/lock/front_door/state", "UNLOCKED", "done unlocked"],
      ["strike/lock/front_door/state", "LOCKED", "locked"],
      ["strike/lock/front_door/state", "JAMMED", "jammed"],
      ["strike/lock/front_door/state", "toString", ""],
      ["strike/status", "offline", "away"],
    ],
  },
  esp_rfid: {
    profile: espRfidProfile({ topic: "rfid", ip: "192.0.2.9", door: 1 }),
    unlock: ["rfid/cmd", '{"cmd":"open","door":"1","doorip":"192.0.2.9"}'],
    relock: null,
    heard: [
      ["rfid/send", '{"type":"access","isKnown":"true","access":"Always","username":"MQTT"}', "done"],
      ["rfid/send", '{"type":"access","isKnown":"true","access":"Always","username":"Ada"}', ""],
      ["rfid/io/lock1", "UNLOCKED", "unlocked"],
      ["rfid/io/door", "ON", "open"],
      ["rfid/avty", "online", "here"],
    ],
  },
  "esp_rfid, all doors": {
    profile: espRfidProfile({ topic: "rfid", ip: "192.0.2.9", door: null }),
    unlock: ["rfid/cmd", '{"cmd":"opendoor","doorip":"192.0.2.9"}'],
    relock: null,
    heard: [],
  },
  nuki: {
    profile: nukiProfile({ device: "1A2B3C4D", action: "unlatch", pulseChecked: false }),
    unlock: ["nuki/1A2B3C4D/lockAction", "3"],
    relock: ["nuki/1A2B3C4D/lockAction", "2"],
    heard: [
      ["nuki/1A2B3C4D/commandResponse", "0", "done"],
      ["nuki/1A2B3C4D/commandResponse", "69", "refused:error_69"],
      ["nuki/1A2B3C4D/state", "1", "locked"],
      ["nuki/1A2B3C4D/state", "254", "jammed"],
      ["nuki/1A2B3C4D/state", "99", ""],
      ["nuki/1A2B3C4D/connected", "true", "here"],
    ],
  },
  "nuki that only unlocks": {
    profile: nukiProfile({ device: "1A2B3C4D", action: "unlock", pulseChecked: false }),
    unlock: ["nuki/1A2B3C4D/lockAction", "1"],
    relock: ["nuki/1A2B3C4D/lockAction", "2"],
    heard: [],
    unchecked: ["setup_unanswered"],
  },
  nuki_hub: {
    profile: nukiHubProfile({ topic: "nukihub", action: "lock_n_go", pulseChecked: false }),
    unlock: ["nukihub/lock/action", "lockNgo"],
    relock: ["nukihub/lock/action", "lock"],
    heard: [
      ["nukihub/lock/commandResult", "success", "done"],
      ["nukihub/lock/commandResult", "timeOut", "refused:timeout"],
      ["nukihub/lock/commandResult", "working", ""],
      ["nukihub/lock/state", "unlatched", "unlocked"],
      ["nukihub/lock/doorSensorState", "doorOpened", "open"],
      ["nukihub/maintenance/mqttConnectionState", "offline", "away"],
    ],
  },
  zwavejs_ui: {
    profile: zwaveJsUiProfile({ prefix: "zwave", node: "hall/front", ...checked }),
    unlock: ["zwave/hall/front/98/0/targetMode/set", '{"value":0}'],
    relock: ["zwave/hall/front/98/0/targetMode/set", '{"value":255}'],
    heard: [
      ["zwave/hall/front/98/0/currentMode", '{"time":1,"value":0}', "done unlocked"],
      ["zwave/hall/front/98/0/currentMode", "255", "locked"],
      ["zwave/hall/front/status", '{"value":true,"status":"Alive"}', "here"],
      ["zwave/hall/front/status", "false", "away"],
    ],
  },
  ring_mqtt: {
    profile: ringMqttProfile({ location: "L", device: "D", kind: "lock", ...checked }),
    unlock: ["ring/L/alarm/D/lock/command", "UNLOCK"],
    relock: ["ring/L/alarm/D/lock/command", "LOCK"],
    heard: [
      ["ring/L/alarm/D/lock/state", "UNLOCKED", "done unlocked"],
      ["ring/L/alarm/D/lock/state", "UNKNOWN", ""],
      ["ring/L/alarm/D/status", "online", "here"],
    ],
  },
  "ring_mqtt intercom": {
    profile: ringMqttProfile({ location: "L", device: "D", kind: "intercom", pulseChecked: false }),
    unlock: ["ring/L/intercom/D/lock/command", "UNLOCK"],
    relock: null,
    heard: [["ring/L/intercom/D/lock/state", "UNLOCKED", ""]],
    unchecked: ["no_acks"],
  },
  generic: {
    profile: genericProfile({
      topic: "gate/cmd",
      unlock: '{"open":{{pulse_s}},"ms":{{pulse_ms}},"id":"{{id}}","x":"{{other}}"}',
      lock: "shut",
      state: { topic: "gate/state", key: "on", unlocked: "true", locked: "false" },
      availability: { topic: "gate/here", online: "yes", offline: "no" },
    }),
    unlock: ["gate/cmd", '{"open":3,"ms":3000,"id":"01KORDER","x":"{{other}}"}'],
    relock: ["gate/cmd", "shut"],
    heard: [
      ["gate/state", '{"on":true}', "done unlocked"],
      ["gate/state", '{"on":false}', "locked"],
      ["gate/state", '{"off":true}', ""],
      ["gate/here", "yes", "here"],
      ["gate/here", "maybe", ""],
    ],
  },
  "generic that never answers": {
    profile: genericProfile({ topic: "gate/cmd", unlock: "open", lock: null, state: null, availability: null }),
    unlock: ["gate/cmd", "open"],
    relock: null,
    heard: [["gate/cmd", "open", ""]],
    unchecked: ["no_acks"],
  },
};

const ORDER = { id: "01KORDER", pulseMs: 3000 };

describe.each(Object.entries(GOLDEN))("%s", (_, { profile, unlock, relock, heard, unchecked = [] }) => {
  it("is told by these bytes on this topic", () => {
    expect(profile.unlock(ORDER)).toEqual({ topic: unlock[0], payload: unlock[1] });
    expect(profile.relock).toEqual(relock === null ? null : { topic: relock[0], payload: relock[1] });
  });

  it("means what it says", () => {
    expect(heard.map(([topic, payload]) => [topic, payload, shortly(profile.read(topic, payload))])).toEqual(heard);
  });

  it("is not taken for right where nobody has checked", () => expect(profile.unchecked).toEqual(unchecked));

  it("never toggles, and is spoken to on its command topics alone", () => {
    const sent = [profile.unlock(ORDER), ...(profile.relock === null ? [] : [profile.relock]), ...profile.asks];
    for (const { topic, payload } of sent) {
      expect(payload).not.toMatch(/\btoggle\b/i);
      expect(profile.commandTopics).toContain(topic);
    }
    expect(profile.openingTopics).toContain(unlock[0]);
    const own = new Set(profile.commandTopics);
    expect(profile.hears.filter(({ topic }) => own.has(topic))).toEqual([]);
  });

  it("says the same of the same bytes, and nothing breaks it", () => {
    const topics = profile.hears.map(({ topic }) => topic);
    const payload = fc.oneof(fc.string(), fc.json(), fc.constantFrom("", "null", "{}", '{"state":{}}', "constructor"));
    fc.assert(
      fc.property(fc.constantFrom("elsewhere", ...topics), payload, (topic, text) => {
        expect(profile.read(topic, text)).toEqual(profile.read(topic, text));
      }),
      { numRuns: 300 },
    );
  });
});
