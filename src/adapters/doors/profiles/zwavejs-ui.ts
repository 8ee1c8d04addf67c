import { type DoorProfile, type DoorWord, jsonObject, lockWords, presenceWords, wordIn } from "#adapters/doors/profile";
import type { LockWord } from "#core/lock-word";

export interface ZwaveJsUiOptions {
  /** Z-Wave JS UI's prefix, and the node's topic under it (`front_door` or `hall/front_door`). */
  readonly prefix: string;
  readonly node: string;
  /** Its owner says that the lock locks again by itself: nobody can ask over these topics. */
  readonly pulseChecked: boolean;
}

/** Door lock modes of command class 98: 0 unsecured, 1 unsecured with timeout, 255 secured. */
const MODES: Readonly<Record<string, LockWord>> = { 0: "unlocked", 1: "unlocked", 255: "locked" };

/** A Z-Wave lock behind Z-Wave JS UI with topics by value id. */
export function zwaveJsUiProfile({ prefix, node, pulseChecked }: ZwaveJsUiOptions): DoorProfile {
  const target = `${prefix}/${node}/98/0/targetMode`;
  const command = `${target}/set`;
  const current = `${prefix}/${node}/98/0/currentMode`;
  const status = `${prefix}/${node}/status`;
  const valueIn = (payload: string): unknown => {
    const said = jsonObject(payload);
    if (said !== null) return said["value"];
    return /^\d{1,3}$/.test(payload) ? Number(payload) : payload;
  };
  return {
    unlock: () => ({ topic: command, payload: '{"value":0}' }),
    relock: { topic: command, payload: '{"value":255}' },
    acks: true,
    hears: [
      { topic: current, kind: "state" },
      { topic: status, kind: "state" },
    ],
    read(topic, payload): readonly DoorWord[] {
      const value = valueIn(payload);
      if (topic === status) return presenceWords(String(value), "true", "false");
      return typeof value === "number" ? lockWords(wordIn(MODES, String(value))) : [];
    },
    asks: [],
    unchecked: pulseChecked ? [] : ["setup_unanswered"],
    commandTopics: [command],
    openingTopics: [command],
    saysAvailability: true,
  };
}
