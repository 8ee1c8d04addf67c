import type { DoorTransport } from "#adapters/doors/door-transport";
import { createFeedbackFeed } from "#adapters/doors/feedback-feed";
import type { DoorProfile, DoorWord } from "#adapters/doors/profile";
import type { DoorConcern } from "#core/door-concern";
import { lifeLeftMs } from "#core/grant";
import { messageOf } from "#errors";
import type { Clock } from "#ports/clock";
import type { DoorAck, DoorController, DoorHealth } from "#ports/door-controller";
import type { Logger } from "#ports/logger";
import type { Metrics } from "#ports/metrics";

export interface MqttDoorOptions {
  readonly door: string;
  readonly profile: DoorProfile;
  readonly pulseMs: number;
  readonly transport: DoorTransport;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly newId: () => string;
}

/** Longest wait for an ack, ms; shorter when the grant's life ends before. */
const ACK_WAIT_MS = 2000;
const ASK_EXPIRY_SECONDS = 2;
/** Longer messages are not looked at. */
const MAX_MESSAGE_BYTES = 8192;

/**
 * A door behind a device people have, as its profile describes it. Its commands carry no signature and no time: whoever may write to
 * its topics can open it, and what is on the wire cannot be called back. So a command leaves at once or never, and only while the
 * device is there.
 */
export async function openMqttDoor(options: MqttDoorOptions): Promise<DoorController & AsyncDisposable> {
  const { door, profile, transport, clock, metrics } = options;
  const logger = options.logger.child({ door });
  const feed = createFeedbackFeed();
  const concerns = new Set<DoorConcern>(profile.unchecked);
  let controller: DoorHealth["controller"] = profile.saysAvailability ? "unknown" : "online";
  let inFlight: { readonly id: string; readonly settle: (reply: "done" | string) => void } | null = null;

  const become = (next: DoorHealth["controller"]): void => {
    if (next === controller) return;
    const was = controller;
    controller = next;
    if ((was === "online") !== (next === "online"))
      feed.push({ kind: next === "online" ? "online" : "offline", id: null, atMs: clock.monotonicMs() });
  };
  const ask = (): void => {
    for (const { topic, payload } of profile.asks)
      transport.publishCommand(topic, payload, ASK_EXPIRY_SECONDS).catch((error: unknown) => {
        logger.error({ error: messageOf(error) }, "the door controller could not be asked how it is set up");
      });
  };
  const hear = (word: DoorWord): void => {
    const atMs = clock.monotonicMs();
    switch (word.is) {
      case "available":
        if (word.online && controller !== "online") ask();
        become(word.online ? "online" : "offline");
        return;
      case "done":
      case "refused":
        if (inFlight !== null && (word.order === null || word.order === inFlight.id))
          inFlight.settle(word.is === "done" ? "done" : word.why);
        return;
      case "lock":
        feed.push({ kind: "lock", id: null, state: word.state, atMs });
        return;
      case "contact":
        feed.push({ kind: "contact", id: null, open: word.open, atMs });
        return;
      case "request_to_exit":
        feed.push({ kind: "request_to_exit", id: null, atMs });
        return;
      case "concern":
        if (word.holds ? concerns.has(word.concern) : !concerns.has(word.concern)) return;
        if (word.holds) concerns.add(word.concern);
        else concerns.delete(word.concern);
        feed.push({ kind: "concerns", id: null, atMs });
        return;
    }
  };
  const unlisten = [
    ...profile.hears.map(({ topic, kind }) =>
      transport.subscribe(topic, { skipRetained: kind === "news" }, (payload, { retain }) => {
        if (payload.length > MAX_MESSAGE_BYTES || (retain && kind === "news")) {
          metrics.count("limen_door_messages_ignored_total", { door, fault: retain ? "retained" : "too_long" });
          return;
        }
        for (const word of profile.read(topic, Buffer.from(payload).toString("utf8"))) hear(word);
      }),
    ),
    transport.onChange((online) => {
      if (online) return ask();
      inFlight?.settle("connection_lost");
      become(profile.saysAvailability ? "unknown" : "online");
    }),
  ];
  if (transport.isOnline()) ask();

  const nothingSent = (actuation: DoorAck["actuation"], why: string): DoorAck => ({
    commandId: null,
    actuation,
    why,
    sentAtMs: null,
    ackedAtMs: null,
  });

  return {
    async open(grant, signal) {
      const sentAtMs = clock.monotonicMs();
      const leftMs = lifeLeftMs(grant, sentAtMs);
      if (signal.aborted) return nothingSent("failed", "stopped");
      if (grant.door !== door) return nothingSent("refused", "wrong_door");
      if (leftMs <= 0) return nothingSent("expired", "grant_expired");
      if (inFlight !== null) return nothingSent("refused", "busy");
      if (!transport.isOnline()) return nothingSent("controller_offline", "broker_offline");
      if (controller !== "online") return nothingSent("controller_offline", "controller_offline");
      const id = options.newId();
      const waitMs = Math.min(ACK_WAIT_MS, leftMs);
      const { topic, payload } = profile.unlock({ id, pulseMs: options.pulseMs });
      const settled = new AbortController();
      const reply = await new Promise<string>((settle) => {
        inFlight = { id, settle };
        transport.publishCommand(topic, payload, Math.max(1, Math.ceil(waitMs / 1000))).then(
          (left) => {
            if (!left) settle("not_sent");
          },
          () => settle("not_sent"),
        );
        void clock.sleep(waitMs, AbortSignal.any([signal, settled.signal])).then(
          () => settle("no_ack"),
          () => settle("stopped"),
        );
      });
      inFlight = null;
      settled.abort();
      if (reply === "not_sent") return { ...nothingSent("controller_offline", "broker_offline"), commandId: id };
      if (reply === "done")
        return { commandId: id, actuation: "acked", why: "ok", sentAtMs, ackedAtMs: clock.monotonicMs() };
      return { commandId: id, actuation: "failed", why: reply, sentAtMs, ackedAtMs: null };
    },
    feedback: (signal) => feed.read(signal),
    health: () => ({ broker: transport.isOnline() ? "online" : "offline", controller, concerns: [...concerns] }),
    async [Symbol.asyncDispose]() {
      for (const off of unlisten.splice(0)) off();
      inFlight?.settle("stopped");
    },
  };
}
