import { createOutput, type Peer, type PeerEffect, published } from "#demo/peers/peer";

/** How long a message takes to a sleepy Zigbee lock and back. */
const ZIGBEE_MS = 150;

/** A lock behind Zigbee2MQTT, and Zigbee2MQTT itself: it tells the state only after the lock has answered. */
export function zigbee2mqttLockPeer({
  base = "zigbee2mqtt",
  device,
  relockMs,
}: {
  base?: string;
  device: string;
  relockMs: number;
}): Peer {
  const bolt = createOutput();
  let pending: { readonly unlock: boolean; readonly atMs: number } | null = null;
  const state = (): PeerEffect =>
    published(
      `${base}/${device}`,
      JSON.stringify({ state: bolt.isOn() ? "UNLOCK" : "LOCK", lock_state: bolt.isOn() ? "unlocked" : "locked" }),
      true,
    );
  const lock = (): PeerEffect[] => [...(bolt.off() ? [{ do: "tell", event: "relocked" } as const] : []), state()];
  const wishIn = (payload: string): string => {
    try {
      const value: unknown = JSON.parse(payload);
      return typeof value === "object" && value !== null && "state" in value ? String(value.state) : "";
    } catch {
      return payload;
    }
  };
  return {
    subscribes: [`${base}/${device}/set`, `${base}/${device}/set/state`],
    will: { topic: `${base}/bridge/state`, payload: '{"state":"offline"}' },
    connected: () => [
      published(`${base}/bridge/state`, '{"state":"online"}', true),
      published(`${base}/${device}/availability`, '{"state":"online"}', true),
      state(),
    ],
    message(_topic, payload, nowMs) {
      const wish = wishIn(payload).toUpperCase();
      if (wish === "UNLOCK" || wish === "LOCK") pending = { unlock: wish === "UNLOCK", atMs: nowMs + ZIGBEE_MS };
      return [];
    },
    dueAtMs() {
      const due = [pending?.atMs, bolt.dueAtMs()].flatMap((at) => at ?? []);
      return due.length === 0 ? null : Math.min(...due);
    },
    tick(nowMs) {
      const done: PeerEffect[] = [];
      if (pending !== null && nowMs >= pending.atMs) {
        const { unlock } = pending;
        pending = null;
        if (!unlock) done.push(...lock());
        else {
          if (bolt.on(nowMs, relockMs)) done.push({ do: "tell", event: "opened" });
          done.push(state());
        }
      }
      if (nowMs >= (bolt.dueAtMs() ?? Number.POSITIVE_INFINITY)) done.push(...lock());
      return done;
    },
  };
}

/** A lock component of ESPHome whose firmware locks again after a while. Words in any case; others it ignores. */
export function esphomeLockPeer({
  prefix,
  lock: id,
  relockMs,
}: {
  prefix: string;
  lock: string;
  relockMs: number;
}): Peer {
  const bolt = createOutput();
  const state = (): PeerEffect => published(`${prefix}/lock/${id}/state`, bolt.isOn() ? "UNLOCKED" : "LOCKED", true);
  const lock = (): PeerEffect[] => [...(bolt.off() ? [{ do: "tell", event: "relocked" } as const] : []), state()];
  return {
    subscribes: [`${prefix}/lock/${id}/command`],
    will: { topic: `${prefix}/status`, payload: "offline" },
    connected: () => [published(`${prefix}/status`, "online", true), state()],
    message(_topic, payload, nowMs) {
      const word = payload.toUpperCase();
      if (word === "LOCK") return lock();
      if (word !== "UNLOCK" && word !== "OPEN") return [];
      return [...(bolt.on(nowMs, relockMs) ? [{ do: "tell", event: "opened" } as const] : []), state()];
    },
    dueAtMs: bolt.dueAtMs,
    tick: (nowMs) => (nowMs >= (bolt.dueAtMs() ?? Number.POSITIVE_INFINITY) ? lock() : []),
  };
}
