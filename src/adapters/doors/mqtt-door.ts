import { ANSWER_WAIT_MS, type Ending, type Exchange, QUICK_LINK_MS, sendOrder } from "#adapters/doors/device-exchange";
import { followDevice } from "#adapters/doors/device-presence";
import type { DoorTransport } from "#adapters/doors/door-transport";
import { createFeedbackFeed } from "#adapters/doors/feedback-feed";
import { hearDevice } from "#adapters/doors/hear-device";
import type { DoorProfile, DoorWord } from "#adapters/doors/profile";
import { watchSetUp } from "#adapters/doors/set-up-checks";
import { type Grant, lifeLeftMs } from "#core/grant";
import { messageOf } from "#errors";
import type { Clock } from "#ports/clock";
import type { DoorAck, DoorController } from "#ports/door-controller";
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

/** How long the broker may hold a question or a word to relock, s. */
const ASIDE_EXPIRY_SECONDS = 2;

const nothingSent = (actuation: DoorAck["actuation"], why: string): DoorAck => ({
  commandId: null,
  actuation,
  why,
  sentAtMs: null,
  ackedAtMs: null,
});

/**
 * A door behind a device people have, as its profile describes it. Its commands carry no signature and no time: whoever may write to
 * its topics can open it, and what is on the wire cannot be called back. So a command leaves at once or never, only while the device
 * is there, and only over a link that has answered within the last moment.
 */
export async function openMqttDoor(options: MqttDoorOptions): Promise<DoorController & AsyncDisposable> {
  const { door, profile, transport, clock } = options;
  const logger = options.logger.child({ door });
  const feed = createFeedbackFeed();
  /** An order from its first check to its end; `exchange` once it is on its way. */
  let underWay: { exchange: Exchange | null } | null = null;
  /** The order by which the lock is released now, as far as the device has told. */
  let releasedBy: string | null = null;

  const publish = (topic: string, payload: string): Promise<boolean> =>
    transport.publishCommand(topic, payload, ASIDE_EXPIRY_SECONDS).catch((error: unknown) => {
      logger.error({ topic, error: messageOf(error) }, "the door's controller could not be told something");
      return false;
    });
  const setUp = watchSetUp({
    unchecked: profile.acks ? profile.unchecked : [...profile.unchecked, "no_acks"],
    foundAnew: ["retained_command"],
    topics: profile.openingTopics,
    clock,
    logger,
    onChange: () => feed.push({ kind: "concerns", id: null, atMs: clock.monotonicMs() }),
  });
  const presence = followDevice({
    saysAvailability: profile.saysAvailability,
    isBrokerOnline: transport.isOnline(),
    onChange(now, before) {
      const isThere = now === "online";
      if (isThere) askSetUp();
      if (isThere !== (before === "online"))
        feed.push({ kind: isThere ? "online" : "offline", id: null, atMs: clock.monotonicMs() });
    },
  });
  /** Asks without waiting: a socket that takes no more bytes must not hold anybody up. */
  function askSetUp(): void {
    setUp.doubt("controller");
    for (const { topic, payload } of profile.asks) void publish(topic, payload);
  }

  const heardLock = (state: Extract<DoorWord, { is: "lock" }>["state"], atMs: number): void => {
    feed.push({ kind: "lock", id: null, state, atMs });
    if (state === "unlocked" || state === "unlocking") {
      underWay?.exchange?.once();
      releasedBy = underWay?.exchange?.id ?? releasedBy;
    }
    if (state !== "locked" || releasedBy === null) return;
    feed.push({ kind: "relocked", id: releasedBy, atMs });
    releasedBy = null;
  };
  const answered = (word: Extract<DoorWord, { is: "done" | "refused" }>): void => {
    const exchange = underWay?.exchange ?? null;
    if (exchange === null || !(word.order === null || word.order === exchange.id)) return;
    if (word.is === "done") releasedBy = exchange.id;
    exchange.end({ is: "answered", done: word.is === "done", why: word.why });
  };
  const hear = (word: DoorWord, topic: string): void => {
    const atMs = clock.monotonicMs();
    if (word.is === "available") presence.said(topic, word.online);
    else if (word.is === "done" || word.is === "refused") answered(word);
    else if (word.is === "lock") heardLock(word.state, atMs);
    else if (word.is === "concern") setUp.said(word.concern, word.holds);
    else if (word.is === "contact") feed.push({ kind: "contact", id: null, open: word.open, atMs });
    else feed.push({ kind: "request_to_exit", id: null, atMs });
  };
  const unlisten = [
    ...hearDevice({
      profile,
      transport,
      hear,
      retainedOrder: (waits) => setUp.said("retained_command", waits),
      ignored: (fault) => options.metrics.count("limen_door_messages_ignored_total", { door, fault }),
    }),
    transport.onChange((online) => {
      // Before anybody is asked: what was said until now is void.
      if (!online) {
        underWay?.exchange?.end({ is: "lost", why: "connection_lost" });
        setUp.doubt("broker");
      }
      presence.brokerIs(online);
    }),
  ];
  if (presence.state() === "online") askSetUp();

  const obstacle = (): "broker_offline" | "controller_offline" | null => {
    if (!transport.isOnline()) return "broker_offline";
    return presence.state() === "online" ? null : "controller_offline";
  };
  const send = async (grant: Grant, signal: AbortSignal, slot: { exchange: Exchange | null }): Promise<DoorAck> => {
    const quick = await transport.answers(Math.min(QUICK_LINK_MS, lifeLeftMs(grant, clock.monotonicMs())));
    const sentAtMs = clock.monotonicMs();
    const leftMs = lifeLeftMs(grant, sentAtMs);
    if (signal.aborted) return nothingSent("failed", "stopped");
    if (leftMs <= 0) return nothingSent("expired", "grant_expired");
    const why = obstacle() ?? (quick ? null : "broker_slow");
    if (why !== null) return nothingSent("controller_offline", why);
    const id = options.newId();
    const exchange = sendOrder(
      { transport, clock, isThere: () => obstacle() === null, acks: profile.acks },
      {
        id,
        message: profile.unlock({ id, pulseMs: options.pulseMs }),
        pulseMs: options.pulseMs,
        untilMs: sentAtMs + Math.min(ANSWER_WAIT_MS, leftMs),
      },
      signal,
    );
    slot.exchange = exchange;
    return ackOf(await exchange.ended, { commandId: id, sentAtMs, endedAtMs: clock.monotonicMs() });
  };

  const { relock } = profile;
  return {
    async open(grant, signal) {
      if (signal.aborted) return nothingSent("failed", "stopped");
      if (grant.door !== door) return nothingSent("refused", "wrong_door");
      if (lifeLeftMs(grant, clock.monotonicMs()) <= 0) return nothingSent("expired", "grant_expired");
      if (underWay !== null) return nothingSent("refused", "busy");
      const why = obstacle();
      if (why !== null) return nothingSent("controller_offline", why);
      const slot: { exchange: Exchange | null } = { exchange: null };
      underWay = slot;
      try {
        return await send(grant, signal, slot);
      } finally {
        underWay = null;
      }
    },
    ...(relock !== null && {
      async relock(signal) {
        underWay?.exchange?.once();
        return !signal.aborted && obstacle() === null && publish(relock.topic, relock.payload);
      },
    }),
    feedback: (signal) => feed.read(signal),
    health: () => ({
      broker: transport.isOnline() ? "online" : "offline",
      controller: presence.state(),
      concerns: setUp.list(),
    }),
    async [Symbol.asyncDispose]() {
      for (const off of unlisten.splice(0)) off();
      setUp[Symbol.dispose]();
      underWay?.exchange?.end({ is: "lost", why: "stopped" });
    },
  };
}

function ackOf(ending: Ending, at: { commandId: string; sentAtMs: number; endedAtMs: number }): DoorAck {
  const { endedAtMs, ...sent } = at;
  if (ending.is === "taken") return { ...sent, actuation: "sent", why: "never_acks", ackedAtMs: null };
  if (ending.is === "lost")
    return ending.why === "not_sent"
      ? { ...sent, actuation: "controller_offline", why: "broker_offline", sentAtMs: null, ackedAtMs: null }
      : { ...sent, actuation: "failed", why: ending.why, ackedAtMs: null };
  return { ...sent, actuation: ending.done ? "acked" : "refused", why: ending.why, ackedAtMs: endedAtMs };
}
