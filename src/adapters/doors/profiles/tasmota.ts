import { type DoorProfile, type DoorWord, jsonObject, lockWords, presenceWords, wordIn } from "#adapters/doors/profile";
import type { LockWord } from "#core/lock-word";

export interface TasmotaOptions {
  /** The device's `Topic`. */
  readonly topic: string;
  /** Which relay moves the lock, 1 to 8. */
  readonly relay: number;
  readonly pulseMs: number;
}

const POWER: Readonly<Record<string, LockWord>> = { ON: "unlocked", OFF: "locked" };

/** Longest pulse `PulseTime` can say, ms. */
const TASMOTA_LONGEST_PULSE_MS = 64_800_000;

/**
 * `PulseTime` for a pulse: 1 to 111 are tenths of a second, 112 to 64900 are seconds plus 100 (Tasmota's command reference). What lies
 * between two values becomes the longer one. Throws RangeError above 64,800 s.
 */
export function pulseTimeOf(pulseMs: number): number {
  if (!(pulseMs > 0 && pulseMs <= TASMOTA_LONGEST_PULSE_MS)) throw new RangeError(`no PulseTime for ${pulseMs} ms`);
  const tenths = Math.ceil(pulseMs / 100);
  return tenths <= 111 ? tenths : Math.max(112, Math.ceil(pulseMs / 1000) + 100);
}

/** A relay under Tasmota. Its own `PulseTime` ends the pulse, so it is set and read back at each connect. */
export function tasmotaProfile({ topic, relay, pulseMs }: TasmotaOptions): DoorProfile {
  const power = `cmnd/${topic}/POWER${relay}`;
  const pulseTime = `cmnd/${topic}/PulseTime${relay}`;
  const powerOnState = `cmnd/${topic}/PowerOnState`;
  const wanted = pulseTimeOf(pulseMs);
  // A device with one relay leaves its number out.
  const names = relay === 1 ? ["POWER", "POWER1"] : [`POWER${relay}`];

  const powerWords = (value: unknown): readonly DoorWord[] =>
    typeof value === "string" ? lockWords(wordIn(POWER, value)) : [];
  const pulseWords = (value: unknown): readonly DoorWord[] => {
    const said = typeof value === "object" && value !== null && "Set" in value ? value.Set : value;
    if (typeof said !== "number") return [];
    return [
      { is: "concern", concern: "setup_unanswered", holds: false },
      { is: "concern", concern: "no_pulse", holds: said === 0 },
      { is: "concern", concern: "pulse_differs", holds: said !== 0 && said !== wanted },
    ];
  };

  /** 0 = off; every other value releases the lock at power-up, or may. */
  const powerUpWords = (value: unknown): readonly DoorWord[] =>
    typeof value === "number" ? [{ is: "concern", concern: "opens_at_power_up", holds: value !== 0 }] : [];

  return {
    unlock: () => ({ topic: power, payload: "ON" }),
    relock: { topic: power, payload: "OFF" },
    acks: true,
    hears: [
      { topic: `stat/${topic}/RESULT`, kind: "news" },
      { topic: `tele/${topic}/STATE`, kind: "news" },
      { topic: `tele/${topic}/LWT`, kind: "state" },
    ],
    read(heard, payload) {
      if (heard === `tele/${topic}/LWT`) return presenceWords(payload, "Online", "Offline");
      const said = jsonObject(payload);
      if (said === null) return [];
      const words = names.flatMap((name) => powerWords(said[name]));
      // What it tells every five minutes is no answer to an order.
      if (heard === `tele/${topic}/STATE`) return words.filter(({ is }) => is === "lock");
      return [...words, ...pulseWords(said[`PulseTime${relay}`]), ...powerUpWords(said["PowerOnState"])];
    },
    asks: [
      { topic: pulseTime, payload: String(wanted) },
      { topic: powerOnState, payload: "" },
    ],
    unchecked: ["setup_unanswered"],
    commandTopics: [power, pulseTime, powerOnState],
    openingTopics: [power],
    saysAvailability: true,
  };
}
