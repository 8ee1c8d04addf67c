import { type DoorMessage, type DoorProfile, type DoorWord, jsonObject } from "#adapters/doors/profile";

export interface ShellyGen2Options {
  /** The device's MQTT prefix. */
  readonly prefix: string;
  /** 0 for the first. */
  readonly channel: number;
  /** Where the device sends its answers: `<source>/rpc`. */
  readonly source: string;
}

const SETUP = "limen-setup";

/** Shelly Plus, Pro, Gen3 and Gen4: the command says itself when the output goes off again (`toggle_after`), and the answer names the order. */
export function shellyGen2Profile({ prefix, channel, source }: ShellyGen2Options): DoorProfile {
  const rpc = `${prefix}/rpc`;
  const answers = `${source}/rpc`;
  const status = `${prefix}/status/switch:${channel}`;
  const online = `${prefix}/online`;
  const call = (id: string, method: string, params: object): DoorMessage => ({
    topic: rpc,
    payload: JSON.stringify({ id, src: source, method, params: { id: channel, ...params } }),
  });
  const lockWords = (output: unknown): readonly DoorWord[] =>
    typeof output === "boolean" ? [{ is: "lock", state: output ? "unlocked" : "locked" }] : [];

  const answerWords = (payload: string): readonly DoorWord[] => {
    const { id, result, error } = jsonObject(payload) ?? {};
    if (typeof id !== "string") return [];
    const fields = result === undefined ? null : jsonObject(JSON.stringify(result));
    if (id === SETUP) {
      const initial = fields?.["initial_state"];
      return typeof initial === "string"
        ? [{ is: "concern", concern: "opens_at_power_up", holds: initial !== "off" }]
        : [];
    }
    if (fields !== null) return [{ is: "done", order: id, why: fields["was_on"] === true ? "already_open" : "ok" }];
    const { code } = jsonObject(JSON.stringify(error ?? null)) ?? {};
    return error === undefined
      ? []
      : [{ is: "refused", order: id, why: `error_${typeof code === "number" ? Math.abs(code) : 0}` }];
  };

  return {
    unlock: ({ id, pulseMs }) => call(id, "Switch.Set", { on: true, toggle_after: pulseMs / 1000 }),
    relock: call("limen-relock", "Switch.Set", { on: false }),
    acks: true,
    hears: [
      { topic: answers, kind: "news" },
      { topic: status, kind: "state" },
      { topic: online, kind: "state" },
    ],
    read(topic, payload) {
      if (topic === online)
        return payload === "true" || payload === "false" ? [{ is: "available", online: payload === "true" }] : [];
      return topic === answers ? answerWords(payload) : lockWords(jsonObject(payload)?.["output"]);
    },
    asks: [call(SETUP, "Switch.GetConfig", {})],
    unchecked: [],
    commandTopics: [rpc],
    openingTopics: [rpc, `${prefix}/command/switch:${channel}`],
    saysAvailability: true,
  };
}
