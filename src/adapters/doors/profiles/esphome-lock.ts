import { type DoorProfile, lockWords, presenceWords, wordIn } from "#adapters/doors/profile";
import type { LockWord } from "#core/lock-word";

export interface EsphomeLockOptions {
  /** The node's topic prefix. */
  readonly prefix: string;
  /** The lock's object id. */
  readonly lock: string;
  /** Its owner says that the firmware locks again after the pulse: nobody can ask. */
  readonly pulseChecked: boolean;
}

const STATES: Readonly<Record<string, LockWord>> = {
  LOCKED: "locked",
  UNLOCKED: "unlocked",
  JAMMED: "jammed",
  LOCKING: "locking",
  UNLOCKING: "unlocking",
};

/** A lock component of ESPHome; what locks it again is an automation in its firmware. */
export function esphomeLockProfile({ prefix, lock, pulseChecked }: EsphomeLockOptions): DoorProfile {
  const command = `${prefix}/lock/${lock}/command`;
  const state = `${prefix}/lock/${lock}/state`;
  const status = `${prefix}/status`;
  return {
    unlock: () => ({ topic: command, payload: "UNLOCK" }),
    relock: { topic: command, payload: "LOCK" },
    acks: true,
    hears: [
      { topic: state, kind: "state" },
      { topic: status, kind: "state" },
    ],
    read(topic, payload) {
      return topic === status ? presenceWords(payload) : lockWords(wordIn(STATES, payload));
    },
    asks: [],
    unchecked: pulseChecked ? [] : ["setup_unanswered"],
    commandTopics: [command],
    openingTopics: [command],
    saysAvailability: true,
  };
}
