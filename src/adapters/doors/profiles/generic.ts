import { type DoorProfile, type DoorWord, jsonObject, lockWords, presenceWords } from "#adapters/doors/profile";

export interface GenericOptions {
  /** Where the command goes. */
  readonly topic: string;
  /** `{{id}}`, `{{pulse_ms}}` and `{{pulse_s}}` are filled in. */
  readonly unlock: string;
  /** Null = it cannot be told to lock. */
  readonly lock: string | null;
  /** Where it says how its lock is; null = it never says. `key` = of a JSON object, null = the whole payload. */
  readonly state: {
    readonly topic: string;
    readonly key: string | null;
    readonly unlocked: string;
    readonly locked: string;
  } | null;
  readonly availability: { readonly topic: string; readonly online: string; readonly offline: string } | null;
}

/** The template with its places filled in; everything else stays as it is. */
function filledIn(template: string, { id, pulseMs }: { readonly id: string; readonly pulseMs: number }): string {
  const values: Readonly<Record<string, string>> = { id, pulse_ms: String(pulseMs), pulse_s: String(pulseMs / 1000) };
  return template.replaceAll(/\{\{(id|pulse_ms|pulse_s)\}\}/g, (_, name: string) => values[name] ?? "");
}

/** A controller nobody has written a profile for. Who ends its pulse was declared in the configuration; Limen cannot check it. */
export function genericProfile({ topic, unlock, lock, state, availability }: GenericOptions): DoorProfile {
  const stateWords = (payload: string): readonly DoorWord[] => {
    if (state === null) return [];
    const value = state.key === null ? payload : jsonObject(payload)?.[state.key];
    const said = typeof value === "string" ? value : JSON.stringify(value);
    if (said === state.unlocked) return lockWords("unlocked");
    return said === state.locked ? lockWords("locked") : [];
  };
  return {
    unlock: (order) => ({ topic, payload: filledIn(unlock, order) }),
    relock: lock === null ? null : { topic, payload: lock },
    acks: state !== null,
    hears: [
      ...(state === null ? [] : [{ topic: state.topic, kind: "state" } as const]),
      ...(availability === null ? [] : [{ topic: availability.topic, kind: "state" } as const]),
    ],
    read(heard, payload): readonly DoorWord[] {
      const available =
        heard === availability?.topic ? presenceWords(payload, availability.online, availability.offline) : [];
      return [...available, ...(heard === state?.topic ? stateWords(payload) : [])];
    },
    asks: [],
    unchecked: state === null ? ["no_acks"] : [],
    commandTopics: [topic],
    openingTopics: [topic],
    saysAvailability: availability !== null,
  };
}
