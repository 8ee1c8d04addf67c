import { type AckFault, type CommandBody, MIN_KEY_BYTES, readAck, signCommand } from "#adapters/doors/command";
import { watchController } from "#adapters/doors/controller-presence";
import type { DoorTopics, DoorTransport } from "#adapters/doors/door-transport";
import { createFeedbackFeed, rememberReports } from "#adapters/doors/feedback-feed";
import { exchangeCommand, type NativeExchange } from "#adapters/doors/native-exchange";
import { type Grant, lifeLeftMs } from "#core/grant";
import { LimenError, messageOf } from "#errors";
import type { Clock } from "#ports/clock";
import type { DoorAck, DoorController } from "#ports/door-controller";
import type { Logger } from "#ports/logger";
import type { Metrics } from "#ports/metrics";

export interface NativeDoorOptions {
  readonly door: string;
  /** Slug of the controller that moves this door's lock. */
  readonly controller: string;
  readonly topics: DoorTopics;
  /** Shared with the controller, at least 32 bytes. */
  readonly key: Uint8Array;
  readonly keyId: string;
  /** How long the lock is released, ms; the controller relocks by itself. */
  readonly pulseMs: number;
  readonly transport: DoorTransport;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly newId: () => string;
}

/** Longest wait for an ack, ms; shorter when the grant's life ends before. */
const ACK_WAIT_MS = 2000;

/**
 * A door behind Limen's own signed protocol. One command at a time, each bound to a nonce its controller gave, sent at once or
 * not at all, and once more at most under the same id and inside the grant's life, which the controller carries out once: what is not
 * acked in time is reported as failed, and nothing keeps trying behind the caller's back.
 * Throws LIMEN_CONFIG_SECRET for a key that is too short.
 */
export async function openNativeDoor(options: NativeDoorOptions): Promise<DoorController & AsyncDisposable> {
  const { door, controller, topics, key, keyId, transport, clock, metrics } = options;
  if (key.length < MIN_KEY_BYTES) {
    throw new LimenError("LIMEN_CONFIG_SECRET", `the key of door ${door} is shorter than ${MIN_KEY_BYTES} bytes`, {
      hint: "make one with: openssl rand -base64 32",
    });
  }
  const logger = options.logger.child({ door, controller });
  const feed = createFeedbackFeed();
  const reports = rememberReports();
  const loggedFaults = new Set<string>();
  let sequence = 0;
  let inFlight: NativeExchange | null = null;

  const ignored = (fault: AckFault | "retained" | "late" | "repeated"): void => {
    metrics.count("limen_door_messages_ignored_total", { door, fault });
    if (loggedFaults.has(fault)) return;
    loggedFaults.add(fault);
    logger.warn({ fault }, "a message in the controller's name was ignored; further ones like it are only counted");
  };
  const presence = watchController({
    transport,
    topics,
    clock,
    logger,
    ignored,
    onReachable: (reachable) =>
      feed.push({ kind: reachable ? "online" : "offline", id: null, atMs: clock.monotonicMs() }),
  });

  const unlisten = [
    transport.onChange((online) => {
      if (!online) inFlight?.end("connection_lost");
    }),
    transport.subscribe(topics.ack, { skipRetained: true }, (payload, { retain }) => {
      if (retain) return ignored("retained");
      const read = readAck(payload, { topic: topics.ack, controller, keyId, key });
      if ("fault" in read) return ignored(read.fault);
      const { st, id } = read.ack;
      if (st === "relocked" || st === "request_to_exit") {
        // Signed, but not bound to a nonce: whoever could hear it once could say it again.
        if (!reports.isNew(`${st} ${id}`)) return ignored("repeated");
        feed.push({ kind: "lock", id, state: st === "relocked" ? "locked" : "unlocked", atMs: clock.monotonicMs() });
        return feed.push({ kind: st, id, atMs: clock.monotonicMs() });
      }
      if (st === "opened" || st === "shut") {
        if (!reports.isNew(`${st} ${id}`)) return ignored("repeated");
        return feed.push({ kind: "contact", id: null, open: st === "opened", atMs: clock.monotonicMs() });
      }
      // By the clock as well: a process that was held up may see the ack before its own deadline's timer.
      if (read.ack.id !== inFlight?.id || clock.monotonicMs() > inFlight.untilMs) return ignored("late");
      presence.renewNonce(read.ack.next_nonce);
      if (st === "done") feed.push({ kind: "lock", id, state: "unlocked", atMs: clock.monotonicMs() });
      if (!inFlight.hear(read.ack)) ignored("late");
    }),
  ];

  const send = (command: CommandBody, withinMs: number): Promise<boolean> =>
    transport
      .publishCommand(
        topics.command,
        signCommand(command, topics.command, { keyId, key }),
        Math.max(1, Math.ceil(withinMs / 1000)),
      )
      .catch((error: unknown) => {
        logger.error({ error: messageOf(error) }, "the door command could not be published");
        return false;
      });

  const nothingSent = (actuation: DoorAck["actuation"], why: string): DoorAck => ({
    commandId: null,
    actuation,
    why,
    sentAtMs: null,
    ackedAtMs: null,
  });

  const open = async (grant: Grant, signal: AbortSignal): Promise<DoorAck> => {
    const sentAtMs = clock.monotonicMs();
    const leftMs = lifeLeftMs(grant, sentAtMs);
    if (signal.aborted) return nothingSent("failed", "stopped");
    if (grant.door !== door) return nothingSent("refused", "wrong_door");
    if (leftMs <= 0) return nothingSent("expired", "grant_expired");
    if (inFlight !== null) return nothingSent("refused", "busy");
    const obstacle = presence.obstacle();
    const nonce = obstacle === null ? presence.spendNonce() : null;
    if (nonce === null) return nothingSent("controller_offline", obstacle ?? "no_hello");

    const now = clock.now();
    const command: CommandBody = {
      id: options.newId(),
      ctl: controller,
      act: "pulse",
      pulse_ms: Math.min(options.pulseMs, presence.pulseMaxMs() ?? options.pulseMs),
      iat: now,
      // The earlier of the two, so that a wall clock set back since the decision cannot lengthen the grant's life.
      exp: Math.floor(Math.min(grant.expiresAt, now + leftMs)),
      seq: ++sequence,
      nonce,
      decision: grant.decisionId,
    };
    const untilMs = sentAtMs + Math.min(ACK_WAIT_MS, leftMs);
    inFlight = exchangeCommand({ presence, clock, send, nextSequence: () => ++sequence }, command, untilMs, signal);
    const reply = await inFlight.reply;
    inFlight = null;
    const sent = { commandId: command.id, sentAtMs, ackedAtMs: null };
    if (reply === "not_sent")
      return { ...sent, sentAtMs: null, actuation: "controller_offline", why: "broker_offline" };
    if (typeof reply === "string") return { ...sent, actuation: "failed", why: reply };
    return {
      ...sent,
      actuation: reply.st === "done" ? "acked" : "refused",
      why: reply.why,
      ackedAtMs: clock.monotonicMs(),
    };
  };

  return {
    open,
    feedback: (signal) => feed.read(signal),
    health: presence.health,
    async [Symbol.asyncDispose]() {
      for (const off of unlisten.splice(0)) off();
      inFlight?.end("stopped");
      await presence[Symbol.asyncDispose]();
    },
  };
}
