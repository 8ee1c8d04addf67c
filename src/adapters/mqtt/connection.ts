import { brokerFault } from "#adapters/mqtt/broker-fault";
import {
  assertSafeToPublish,
  type CommandPublisher,
  commandPublisher,
  type PublishOptions,
} from "#adapters/mqtt/command-publisher";
import { createOutageLog, type OutageLog } from "#adapters/mqtt/outage-log";
import { openSession, type Session, type SessionOptions, type Subscription } from "#adapters/mqtt/session";
import { type Listening, type MessageHandler, subscriptionBook } from "#adapters/mqtt/subscription-book";
import { isCommandTopic } from "#adapters/mqtt/topics";
import { LimenError, messageOf } from "#errors";
import type { Clock } from "#ports/clock";
import type { Logger } from "#ports/logger";

export interface MqttConnectionOptions extends Omit<SessionOptions, "url"> {
  /** `mqtt://host[:port]` or `mqtts://host[:port]`; credentials never stand in it. */
  readonly url: string;
  readonly name: "control" | "telemetry";
  readonly clock: Clock;
  readonly logger: Logger;
  /** Command topics of the controllers that do not speak the native protocol; on every connection of the process, so that none can retain one. */
  readonly commandTopics?: ReadonlySet<string>;
  /** Shared by the connections to one broker, so that they log its outage once; by default this connection's own. */
  readonly outage?: OutageLog;
}

export interface MqttConnection extends CommandPublisher, AsyncDisposable {
  /** True while the broker has accepted us and every subscription stands. */
  isOnline(): boolean;
  /** Why there is no connection, as a sentence with a hint; null while online. */
  fault(): LimenError | null;
  /**
   * True once the broker has it (QoS 1) or the socket took it (QoS 0). False when it was dropped: no connection, too many under
   * way, refused, or the connection was lost before the broker's answer. A dropped message is never sent later.
   */
  publish(topic: string, payload: string, options: PublishOptions): Promise<boolean>;
  /** Hears one topic (no wildcards) on this and every later connection, until the returned function is called. Several may hear the same. */
  subscribe(topic: string, options: Listening, handler: MessageHandler): () => void;
  /** Calls back at each change of isOnline, until the returned function is called. */
  onChange(listener: (online: boolean) => void): () => void;
  /** True when the broker answers within so many ms: then it has read everything sent before. Never rejects. */
  answers(withinMs: number): Promise<boolean>;
  /** Breaks the connection off and throws away what has not left this computer; the next one is made as after any outage. */
  drop(): void;
}

const RETRY_FIRST_MS = 1000;
const RETRY_LONGEST_MS = 5000;
/** A connection that held this long starts the retries anew. */
const STEADY_MS = 10_000;
/** Messages that may wait for the broker at once; more are dropped, so that a slow broker cannot fill the memory. */
const MAX_UNDER_WAY = 64;

function brokerUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (
    url !== null &&
    /^mqtts?:$/.test(url.protocol) &&
    url.hostname !== "" &&
    url.username === "" &&
    url.password === ""
  )
    return url;
  throw new LimenError(
    "LIMEN_CONFIG_INVALID",
    "the MQTT address is not of the form mqtt://host:port or mqtts://host:port",
    {
      hint: "write user name and password under their own keys, not into the address",
    },
  );
}

/**
 * Keeps one connection to the broker for as long as it is not disposed of. Returns at once, with the broker up or down, and goes
 * on by itself after every outage; each outage is logged once, and so is its end. Throws LIMEN_CONFIG_INVALID for a bad address.
 */
export async function openMqttConnection(options: MqttConnectionOptions): Promise<MqttConnection> {
  const { clock } = options;
  const url = brokerUrl(options.url);
  const where = url.host;
  const isCommand = (topic: string): boolean => isCommandTopic(topic) || options.commandTopics?.has(topic) === true;
  const logger = options.logger.child({ connection: options.name, broker: where });
  const outage = options.outage ?? createOutageLog(clock, logger);
  let fault: LimenError | null = brokerFault(where, new Error("not connected yet"));
  const lost = (reason: LimenError): void => {
    fault = reason;
    outage.lost(options.name, reason);
  };
  const book = subscriptionBook();
  const listeners = new Set<(online: boolean) => void>();
  const stop = new AbortController();
  /** Accepted by the broker; `online` once the subscriptions stand as well. */
  let session: Session | null = null;
  let online = false;
  let underWay = 0;
  let refusalLogged = false;

  const quietly = (what: string, call: () => void): void => {
    try {
      call();
    } catch (error) {
      logger.error({ error: messageOf(error) }, `${what} failed`);
    }
  };
  const become = (now: boolean): void => {
    if (online === now) return;
    online = now;
    for (const listener of [...listeners]) quietly("a listener of the MQTT connection", () => listener(now));
  };
  const onMessage = (topic: string, payload: Uint8Array, packet: { readonly retain: boolean }): void => {
    for (const handler of book.hearers(topic, packet))
      quietly("a handler of MQTT messages", () => handler(payload, packet));
  };
  /** What the broker denies is logged once a connection; what a lost connection takes with it is the outage's line. */
  const denied = (error: unknown, topic: string | undefined): void => {
    if (refusalLogged || error instanceof LimenError) return;
    refusalLogged = true;
    logger.error(
      { topic, error: messageOf(error) },
      "the MQTT broker denied access: check its access rules for this user",
    );
  };
  const hear = async (to: Session, topics: ReadonlyMap<string, Subscription>): Promise<void> => {
    if (topics.size > 0)
      await to.subscribe(Object.fromEntries(topics)).catch((error) => denied(error, [...topics.keys()][0]));
  };

  /** One connection from start to end; resolves with how long it held, ms. */
  const holdOne = async (): Promise<number> => {
    const fresh = await openSession({ ...options, url }, where, onMessage, stop.signal);
    const sinceMs = clock.monotonicMs();
    session = fresh;
    refusalLogged = false;
    const ended = fresh.closed.then((reason) => {
      session = null;
      if (!stop.signal.aborted) lost(reason);
      become(false);
    });
    await hear(fresh, book.all());
    if (session !== null && !stop.signal.aborted) {
      fault = null;
      outage.found(options.name);
      become(true);
    }
    if (stop.signal.aborted) await fresh.end();
    await ended;
    return clock.monotonicMs() - sinceMs;
  };

  const keepConnected = async (): Promise<void> => {
    let waitMs = RETRY_FIRST_MS;
    while (!stop.signal.aborted) {
      try {
        if ((await holdOne()) >= STEADY_MS) waitMs = RETRY_FIRST_MS;
      } catch (error) {
        if (stop.signal.aborted) return;
        lost(error instanceof LimenError ? error : brokerFault(where, error));
      }
      // Spread out, so that many clients do not come back in the same instant.
      await clock.sleep(waitMs * (0.8 + 0.4 * Math.random()), stop.signal).catch(() => {});
      waitMs = Math.min(RETRY_LONGEST_MS, waitMs * 1.5);
    }
  };

  const publish: MqttConnection["publish"] = async (topic, payload, how) => {
    assertSafeToPublish(topic, how, isCommand);
    if (session === null || !online || underWay >= MAX_UNDER_WAY) return false;
    underWay++;
    try {
      await session.publish(topic, payload, how);
      return true;
    } catch (error) {
      if (how.saysRefusal !== true) denied(error, topic);
      return false;
    } finally {
      underWay--;
    }
  };

  const running = keepConnected();
  return {
    isOnline: () => online,
    fault: () => fault,
    publish,
    ...commandPublisher(publish, isCommand),
    subscribe(topic, how, handler) {
      const { change, remove } = book.add(topic, how, handler);
      if (session !== null && change !== null) void hear(session, new Map([[topic, change]]));
      return () => {
        if (remove()) session?.unsubscribe(topic);
      };
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async answers(withinMs) {
      if (session === null || !online || underWay >= MAX_UNDER_WAY) return false;
      const asked = session;
      const settled = new AbortController();
      underWay++;
      const answered = asked.ping().then(
        () => true,
        () => false,
      );
      void answered.then(() => {
        underWay--;
        settled.abort();
      });
      const tooLong = clock.sleep(withinMs, settled.signal).then(
        () => false,
        () => answered,
      );
      return (await Promise.race([answered, tooLong])) && session === asked;
    },
    drop() {
      session?.drop();
    },
    async [Symbol.asyncDispose]() {
      stop.abort();
      await session?.end();
      await running;
    },
  };
}
