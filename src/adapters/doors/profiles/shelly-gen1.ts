import { type DoorProfile, type DoorWord, lockWords, presenceWords, wordIn } from "#adapters/doors/profile";
import type { LockWord } from "#core/lock-word";

export interface ShellyGen1Options {
  /** `shellyplug-s-0123AB`: the device's id in its topics. */
  readonly device: string;
  /** 0 for the first. */
  readonly relay: number;
  /** Its owner says that `auto_off` is set to the pulse: over MQTT nobody can ask. */
  readonly pulseChecked: boolean;
}

const STATES: Readonly<Record<string, LockWord>> = { on: "unlocked", off: "locked" };

/** A relay of the first generation: it has no time in its command, so its own `auto_off` must end the pulse. */
export function shellyGen1Profile({ device, relay, pulseChecked }: ShellyGen1Options): DoorProfile {
  const state = `shellies/${device}/relay/${relay}`;
  const command = `${state}/command`;
  const online = `shellies/${device}/online`;
  return {
    unlock: () => ({ topic: command, payload: "on" }),
    relock: { topic: command, payload: "off" },
    acks: true,
    hears: [
      { topic: state, kind: "state" },
      { topic: online, kind: "state" },
    ],
    read(topic, payload): readonly DoorWord[] {
      return topic === online ? presenceWords(payload, "true", "false") : lockWords(wordIn(STATES, payload));
    },
    asks: [],
    unchecked: pulseChecked ? [] : ["setup_unanswered"],
    commandTopics: [command],
    openingTopics: [command, "shellies/command"],
    saysAvailability: true,
  };
}
