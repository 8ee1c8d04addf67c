import { DONE, type DoorProfile, type DoorWord, jsonObject, presenceWords } from "#adapters/doors/profile";

export interface EspRfidOptions {
  readonly topic: string;
  /** The device's own address: it ignores commands that do not name it. */
  readonly ip: string;
  /** Which door of the board, from 0; null = all its relays. */
  readonly door: number | null;
}

/** A board with the esp-rfid firmware (development branch). Its address is no secret: whoever may write to the topic opens it. */
export function espRfidProfile({ topic, ip, door }: EspRfidOptions): DoorProfile {
  const command = `${topic}/cmd`;
  const answers = `${topic}/send`;
  const lock = `${topic}/io/lock${door ?? 0}`;
  const contact = `${topic}/io/door`;
  const availability = `${topic}/avty`;
  const payload = JSON.stringify(
    door === null ? { cmd: "opendoor", doorip: ip } : { cmd: "open", door: String(door), doorip: ip },
  );

  const answerWords = (text: string): readonly DoorWord[] => {
    const { type, username, isKnown } = jsonObject(text) ?? {};
    // It says so before the relay moves: an acknowledgement, no confirmation.
    return type === "access" && username === "MQTT" && isKnown !== "false" ? [DONE] : [];
  };

  return {
    unlock: () => ({ topic: command, payload }),
    // `close` toggles a relay that is on, and one that is off as well.
    relock: null,
    acks: true,
    hears: [
      { topic: answers, kind: "news" },
      { topic: lock, kind: "state" },
      { topic: contact, kind: "state" },
      { topic: availability, kind: "state" },
    ],
    read(heard, text): readonly DoorWord[] {
      if (heard === answers) return answerWords(text);
      if (heard === lock && (text === "LOCKED" || text === "UNLOCKED"))
        return [{ is: "lock", state: text === "LOCKED" ? "locked" : "unlocked" }];
      if (heard === contact && (text === "ON" || text === "OFF")) return [{ is: "contact", open: text === "ON" }];
      return heard === availability ? presenceWords(text) : [];
    },
    asks: [],
    unchecked: [],
    commandTopics: [command],
    openingTopics: [command],
    saysAvailability: true,
  };
}
