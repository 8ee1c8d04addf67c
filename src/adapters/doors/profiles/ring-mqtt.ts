import { type DoorProfile, type DoorWord, lockWords, presenceWords, wordIn } from "#adapters/doors/profile";
import type { LockWord } from "#core/lock-word";

export interface RingMqttOptions {
  readonly location: string;
  readonly device: string;
  /** `intercom` makes up its state: nobody knows whether it opened. */
  readonly kind: "lock" | "intercom";
  readonly pulseChecked: boolean;
}

const STATES: Readonly<Record<string, LockWord>> = {
  LOCKED: "locked",
  UNLOCKED: "unlocked",
  LOCKING: "locking",
  UNLOCKING: "unlocking",
};

/** A lock or intercom behind ring-mqtt. Each command goes by Ring's cloud and back. */
export function ringMqttProfile({ location, device, kind, pulseChecked }: RingMqttOptions): DoorProfile {
  const root = `ring/${location}/${kind === "lock" ? "alarm" : "intercom"}/${device}`;
  const command = `${root}/lock/command`;
  const state = `${root}/lock/state`;
  const status = `${root}/status`;
  const isLock = kind === "lock";
  return {
    unlock: () => ({ topic: command, payload: "UNLOCK" }),
    relock: isLock ? { topic: command, payload: "LOCK" } : null,
    acks: isLock,
    hears: [...(isLock ? [{ topic: state, kind: "state" } as const] : []), { topic: status, kind: "state" }],
    read(topic, payload): readonly DoorWord[] {
      if (topic === status) return presenceWords(payload);
      return isLock ? lockWords(wordIn(STATES, payload)) : [];
    },
    asks: [],
    // The intercom opens for as long as the house's own door opener does.
    unchecked: [
      ...(isLock && !pulseChecked ? (["setup_unanswered"] as const) : []),
      ...(isLock ? [] : (["no_acks"] as const)),
    ],
    commandTopics: [command],
    openingTopics: [command],
    saysAvailability: true,
  };
}
