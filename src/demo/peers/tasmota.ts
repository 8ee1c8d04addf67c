import { createOutput, type Peer, type PeerEffect, published } from "#demo/peers/peer";

/** Tasmota's command reference: 1 to 111 are tenths of a second, more are seconds plus 100. */
function pulseMsOf(pulseTime: number): number | null {
  if (pulseTime === 0) return null;
  return pulseTime <= 111 ? pulseTime * 100 : (pulseTime - 100) * 1000;
}

/** A relay under Tasmota, with one output. `pulseTime` is what was set before; `setsPulse` false: it does not take another. */
export function tasmotaPeer({
  topic,
  pulseTime = 0,
  setsPulse = true,
}: {
  topic: string;
  pulseTime?: number;
  setsPulse?: boolean;
}): Peer {
  const relay = createOutput();
  let pulse = pulseTime;
  const result = (fields: object): PeerEffect => published(`stat/${topic}/RESULT`, JSON.stringify(fields));
  const switched = (isOn: boolean): PeerEffect[] => [
    result({ POWER: isOn ? "ON" : "OFF" }),
    published(`stat/${topic}/POWER`, isOn ? "ON" : "OFF"),
  ];
  const off = (): PeerEffect[] => [
    ...(relay.off() ? [{ do: "tell", event: "relocked" } as const] : []),
    ...switched(false),
  ];
  const power = (payload: string, nowMs: number): PeerEffect[] => {
    const word = payload.toUpperCase();
    if (word === "" || !/^(?:ON|OFF|TOGGLE|0|1|2|TRUE|FALSE)$/.test(word))
      return [result({ POWER: relay.isOn() ? "ON" : "OFF" })];
    const wantsOn = ["TOGGLE", "2"].includes(word) ? !relay.isOn() : ["ON", "1", "TRUE"].includes(word);
    if (!wantsOn) return off();
    const opened = relay.on(nowMs, pulseMsOf(pulse));
    return [...(opened ? [{ do: "tell", event: "opened" } as const] : []), ...switched(true)];
  };
  return {
    // The group topic too: whoever may write there switches every Tasmota of the house.
    subscribes: [`cmnd/${topic}/#`, "cmnd/tasmotas/#"],
    will: { topic: `tele/${topic}/LWT`, payload: "Offline" },
    connected: () => [
      published(`tele/${topic}/LWT`, "Online", true),
      published(`tele/${topic}/STATE`, JSON.stringify({ POWER: relay.isOn() ? "ON" : "OFF" })),
    ],
    message(heard, payload, nowMs) {
      const command = heard.split("/").at(-1)?.toUpperCase() ?? "";
      if (command === "POWER" || command === "POWER1") return power(payload, nowMs);
      if (command === "POWERONSTATE") return [result({ PowerOnState: 0 })];
      if (command !== "PULSETIME1" && command !== "PULSETIME") return [];
      if (/^\d{1,5}$/.test(payload) && setsPulse) pulse = Number(payload);
      return [result({ PulseTime1: { Set: pulse, Remaining: relay.isOn() ? pulse : 0 } })];
    },
    dueAtMs: relay.dueAtMs,
    tick: (nowMs) => (nowMs >= (relay.dueAtMs() ?? Number.POSITIVE_INFINITY) ? off() : []),
  };
}
