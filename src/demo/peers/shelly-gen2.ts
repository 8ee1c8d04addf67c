import { z } from "zod";
import { createOutput, type Peer, type PeerEffect, published } from "#demo/peers/peer";

const CALL = z.object({
  id: z.union([z.string(), z.number()]).optional(),
  src: z.string().optional(),
  method: z.string(),
  params: z
    .object({ id: z.number().optional(), on: z.boolean().optional(), toggle_after: z.number().optional() })
    .optional(),
});

/** A Shelly of the second generation or later with one switch, RPC over MQTT and status notifications. */
export function shellyGen2Peer({ prefix }: { prefix: string }): Peer {
  const relay = createOutput();
  const status = (): PeerEffect =>
    published(`${prefix}/status/switch:0`, JSON.stringify({ id: 0, output: relay.isOn() }));
  const set = (on: boolean, afterMs: number | null, nowMs: number): PeerEffect[] => {
    if (!on) return [...(relay.off() ? [{ do: "tell", event: "relocked" } as const] : []), status()];
    return [...(relay.on(nowMs, afterMs) ? [{ do: "tell", event: "opened" } as const] : []), status()];
  };
  const called = (payload: string, nowMs: number): PeerEffect[] => {
    let json: unknown;
    try {
      json = JSON.parse(payload);
    } catch {
      return [];
    }
    const call = CALL.safeParse(json);
    if (!call.success) return [];
    const { id, src, method, params } = call.data;
    // Without both it does what it is told, and answers nobody.
    const answer = (fields: object): PeerEffect[] =>
      id === undefined || src === undefined
        ? []
        : [published(`${src}/rpc`, JSON.stringify({ id, src: prefix, dst: src, ...fields }))];
    if (method !== "Switch.Set" && method !== "Switch.GetConfig")
      return answer({ error: { code: 404, message: `No handler for ${method}` } });
    if (params?.id !== 0)
      return answer({ error: { code: -105, message: `Argument 'id', value ${params?.id} not found!` } });
    if (method === "Switch.GetConfig") return answer({ result: { id: 0, initial_state: "off", auto_off: false } });
    if (params.on === undefined) return answer({ error: { code: -103, message: "Missing required argument 'on'!" } });
    const wasOn = relay.isOn();
    const afterMs = params.toggle_after === undefined ? null : params.toggle_after * 1000;
    return [...set(params.on, afterMs, nowMs), ...answer({ result: { was_on: wasOn } })];
  };
  return {
    subscribes: [`${prefix}/rpc`, `${prefix}/command/switch:0`],
    will: { topic: `${prefix}/online`, payload: "false" },
    connected: () => [published(`${prefix}/online`, "true", true), status()],
    message(topic, payload, nowMs) {
      if (topic === `${prefix}/rpc`) return called(payload, nowMs);
      return payload === "on" || payload === "off" ? set(payload === "on", null, nowMs) : [];
    },
    dueAtMs: relay.dueAtMs,
    tick: (nowMs) => (nowMs >= (relay.dueAtMs() ?? Number.POSITIVE_INFINITY) ? set(false, null, nowMs) : []),
  };
}
