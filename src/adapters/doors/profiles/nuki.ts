import { DONE, type DoorProfile, type DoorWord, presenceWords, wordIn } from "#adapters/doors/profile";
import type { LockWord } from "#core/lock-word";

/** What is done to open: `unlatch` pulls the latch and lets go of it, `lock_n_go` unlocks and locks again by itself, `unlock` does not. */
export type NukiAction = "unlatch" | "lock_n_go" | "unlock";

export interface NukiOptions {
  /** The lock's id, 8 hex digits. */
  readonly device: string;
  readonly action: NukiAction;
  /** Its owner says that auto-lock is on; for `unlock`. */
  readonly pulseChecked: boolean;
}

const ACTIONS: Readonly<Record<NukiAction, string>> = { unlock: "1", unlatch: "3", lock_n_go: "4" };
const LOCK = "2";

/** Nuki's own numbers; 7 (unlatching) and 254 (motor blocked) are known from other people's programs alone. */
const STATES: Readonly<Record<string, LockWord>> = {
  1: "locked",
  2: "unlocking",
  3: "unlocked",
  4: "locking",
  5: "unlocked",
  6: "unlocked",
  7: "unlocking",
  254: "jammed",
};

/** A Nuki lock with its own MQTT. One command at a time: its answers name none. */
export function nukiProfile({ device, action, pulseChecked }: NukiOptions): DoorProfile {
  const command = `nuki/${device}/lockAction`;
  const answer = `nuki/${device}/commandResponse`;
  const state = `nuki/${device}/state`;
  const connected = `nuki/${device}/connected`;
  return {
    unlock: () => ({ topic: command, payload: ACTIONS[action] }),
    relock: { topic: command, payload: LOCK },
    acks: true,
    hears: [
      { topic: answer, kind: "news" },
      { topic: state, kind: "state" },
      { topic: connected, kind: "state" },
    ],
    read(topic, payload): readonly DoorWord[] {
      if (topic === connected) return presenceWords(payload, "true", "false");
      if (!/^\d{1,3}$/.test(payload)) return [];
      if (topic === answer) return payload === "0" ? [DONE] : [{ is: "refused", order: null, why: `error_${payload}` }];
      const word = wordIn(STATES, payload);
      return word === undefined ? [] : [{ is: "lock", state: word }];
    },
    asks: [],
    unchecked: action === "unlock" && !pulseChecked ? ["setup_unanswered"] : [],
    commandTopics: [command],
    openingTopics: [command, `nuki/${device}/unlock`],
    saysAvailability: true,
  };
}

export interface NukiHubOptions {
  /** The base topic of this lock. */
  readonly topic: string;
  readonly action: NukiAction;
  readonly pulseChecked: boolean;
}

const HUB_ACTIONS: Readonly<Record<NukiAction, string>> = {
  unlock: "unlock",
  unlatch: "unlatch",
  lock_n_go: "lockNgo",
};
const HUB_STATES: Readonly<Record<string, LockWord>> = {
  locked: "locked",
  unlocking: "unlocking",
  unlocked: "unlocked",
  unlatched: "unlocked",
  unlatching: "unlocking",
  unlockedlnga: "unlocked",
  locking: "locking",
  motorblocked: "jammed",
};

/** A Nuki lock behind the Nuki Hub firmware of an ESP32. Its results are retained, so only live ones count. */
export function nukiHubProfile({ topic, action, pulseChecked }: NukiHubOptions): DoorProfile {
  const command = `${topic}/lock/action`;
  const result = `${topic}/lock/commandResult`;
  const state = `${topic}/lock/state`;
  const contact = `${topic}/lock/doorSensorState`;
  const connection = `${topic}/maintenance/mqttConnectionState`;
  return {
    unlock: () => ({ topic: command, payload: HUB_ACTIONS[action] }),
    relock: { topic: command, payload: "lock" },
    acks: true,
    hears: [
      { topic: result, kind: "news" },
      { topic: state, kind: "state" },
      { topic: contact, kind: "state" },
      { topic: connection, kind: "state" },
    ],
    read(heard, payload): readonly DoorWord[] {
      if (heard === connection) return presenceWords(payload);
      if (heard === contact)
        return payload === "doorOpened" || payload === "doorClosed"
          ? [{ is: "contact", open: payload === "doorOpened" }]
          : [];
      if (heard === result) {
        if (payload === "success") return [DONE];
        return /^(?:failed|timeOut|notPaired|error)$/.test(payload)
          ? [{ is: "refused", order: null, why: payload.toLowerCase() }]
          : [];
      }
      const word = wordIn(HUB_STATES, payload.toLowerCase());
      return word === undefined ? [] : [{ is: "lock", state: word }];
    },
    asks: [],
    unchecked: action === "unlock" && !pulseChecked ? ["setup_unanswered"] : [],
    commandTopics: [command],
    openingTopics: [command],
    saysAvailability: true,
  };
}
