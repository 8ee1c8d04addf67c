import { DONE, type DoorProfile, type DoorWord, jsonObject, lockWords, wordIn } from "#adapters/doors/profile";
import type { LockWord } from "#core/lock-word";

export interface Zigbee2MqttOptions {
  /** Zigbee2MQTT's base topic. */
  readonly base: string;
  /** The device's friendly name. */
  readonly device: string;
  /** Its owner says that it ends its pulse by itself: Zigbee2MQTT cannot be asked. */
  readonly pulseChecked: boolean;
}

interface Kind {
  readonly unlock: (pulseMs: number) => string;
  readonly relock: string;
  readonly read: (said: Readonly<Record<string, unknown>>) => readonly DoorWord[];
}

function zigbeeProfile({ base, device, pulseChecked }: Zigbee2MqttOptions, kind: Kind): DoorProfile {
  const state = `${base}/${device}`;
  const command = `${state}/set`;
  const availability = `${state}/availability`;
  const bridge = `${base}/bridge/state`;
  return {
    unlock: ({ pulseMs }) => ({ topic: command, payload: kind.unlock(pulseMs) }),
    relock: { topic: command, payload: kind.relock },
    acks: true,
    hears: [
      { topic: state, kind: "state" },
      { topic: availability, kind: "state" },
      { topic: bridge, kind: "state" },
    ],
    read(topic, payload) {
      // Older versions say the bare word.
      const said = jsonObject(payload) ?? { state: payload };
      if (topic === state) return kind.read(said);
      const word = said["state"];
      if (word !== "online" && word !== "offline") return [];
      return [{ is: "available", online: word === "online", part: topic === bridge ? "bridge" : "device" }];
    },
    asks: [],
    unchecked: pulseChecked ? [] : ["setup_unanswered"],
    commandTopics: [command],
    openingTopics: [command, `${command}/state`],
    saysAvailability: true,
  };
}

const LOCK_STATES: Readonly<Record<string, LockWord>> = {
  locked: "locked",
  unlocked: "unlocked",
  not_fully_locked: "jammed",
};

/** A lock: it answers after its Zigbee transaction, a sleepy one after seconds; its own auto-relock ends the pulse. */
export function zigbee2mqttLockProfile(options: Zigbee2MqttOptions): DoorProfile {
  return zigbeeProfile(options, {
    unlock: () => '{"state":"UNLOCK"}',
    relock: '{"state":"LOCK"}',
    read({ state, lock_state: bolt }) {
      const word = typeof bolt === "string" ? wordIn(LOCK_STATES, bolt) : undefined;
      if (state === "UNLOCK") return [DONE, { is: "lock", state: word ?? "unlocked" }];
      if (state === "LOCK") return [{ is: "lock", state: word ?? "locked" }];
      return word === undefined ? [] : [{ is: "lock", state: word }];
    },
  });
}

const SWITCH_STATES: Readonly<Record<string, LockWord>> = { ON: "unlocked", OFF: "locked" };

/** A relay or plug: the command says after how many seconds it goes off again, which not every device understands. */
export function zigbee2mqttSwitchProfile(options: Zigbee2MqttOptions): DoorProfile {
  return zigbeeProfile(options, {
    unlock: (pulseMs) => JSON.stringify({ state: "ON", on_time: Math.ceil(pulseMs / 1000), off_wait_time: 0 }),
    relock: '{"state":"OFF"}',
    read({ state }) {
      return typeof state === "string" ? lockWords(wordIn(SWITCH_STATES, state)) : [];
    },
  });
}
