import { Socket } from "node:net";
import { TLSSocket } from "node:tls";
import { connect, type IClientOptions, type IPublishPacket, type ISubscriptionMap, type MqttClient } from "mqtt";
import { brokerFault } from "#adapters/mqtt/broker-fault";
import type { PublishOptions } from "#adapters/mqtt/command-publisher";
import type { LimenError } from "#errors";

/** What the broker publishes, retained, when this client is lost without a goodbye. */
export interface Will {
  readonly topic: string;
  readonly payload: string;
}

export interface SessionOptions {
  /** `mqtt://host:port` or `mqtts://host:port`, without credentials. */
  readonly url: URL;
  readonly clientId: string;
  readonly username?: string;
  readonly password?: string;
  /** PEM. The broker's certificate is always checked; there is no switch to turn that off. */
  readonly tls?: { readonly ca?: string; readonly cert?: string; readonly key?: string };
  readonly will?: Will;
}

export type OnMessage = (topic: string, payload: Uint8Array, packet: { readonly retain: boolean }) => void;

export interface Subscription {
  readonly skipRetained: boolean;
  readonly noLocal: boolean;
}

/** One connection from CONNACK to close. It is never reused, so nothing published on it can be sent after it. */
export interface Session {
  subscribe(topics: Readonly<Record<string, Subscription>>): Promise<void>;
  unsubscribe(topic: string): void;
  /** Resolves when the broker has it (QoS 1) or the socket took it (QoS 0); rejects when that will never be. */
  publish(topic: string, payload: string, options: PublishOptions): Promise<void>;
  /** Resolves when the broker has answered, so that it has read everything sent before; rejects when that will never be. */
  ping(): Promise<void>;
  /** Breaks the connection off, and throws away what has not left this computer. */
  drop(): void;
  /** Resolves, never rejects, once the connection is gone. */
  readonly closed: Promise<LimenError>;
  /** Says goodbye (which cancels the will) and closes; at once when the link is dead. */
  end(): Promise<void>;
}

const KEEPALIVE_SECONDS = 10;
const CONNECT_TIMEOUT_MS = 5000;
/** Handed through to Node, whose own least version a command line can lower; the client library's types do not name it. */
const TLS_FLOOR = { minVersion: "TLSv1.2" } as const;
const END_TIMEOUT_MS = 1000;
/** Bytes of the largest message we are willing to be sent. */
const MAX_PACKET_BYTES = 64 * 1024;

function clientOptions(options: SessionOptions): IClientOptions {
  const { url, tls } = options;
  return {
    protocol: url.protocol === "mqtts:" ? "mqtts" : "mqtt",
    host: url.hostname.replace(/^\[|\]$/g, ""),
    port: url.port === "" ? (url.protocol === "mqtts:" ? 8883 : 1883) : Number(url.port),
    protocolVersion: 5,
    clean: true,
    properties: { sessionExpiryInterval: 0, maximumPacketSize: MAX_PACKET_BYTES },
    clientId: options.clientId,
    keepalive: KEEPALIVE_SECONDS,
    connectTimeout: CONNECT_TIMEOUT_MS,
    // The client library replays whatever it holds after reconnecting, so it never gets to reconnect: its stores die with it.
    reconnectPeriod: 0,
    queueQoSZero: false,
    resubscribe: false,
    rejectUnauthorized: true,
    ...TLS_FLOOR,
    ...(options.username === undefined ? {} : { username: options.username }),
    ...(options.password === undefined ? {} : { password: options.password }),
    ...(tls?.ca === undefined ? {} : { ca: tls.ca }),
    ...(tls?.cert === undefined ? {} : { cert: tls.cert }),
    ...(tls?.key === undefined ? {} : { key: tls.key }),
    ...(options.will === undefined
      ? {}
      : { will: { topic: options.will.topic, payload: Buffer.from(options.will.payload), qos: 1, retain: true } }),
  };
}

/** Calls that wait for the broker; the library does not settle all of them when the connection goes, so this does. */
interface Waiting {
  settle(start: (done: (error?: Error | null) => void) => void): Promise<void>;
  fail(fault: LimenError): void;
}

function waitingCalls(): Waiting {
  const open = new Set<(fault: LimenError) => void>();
  return {
    settle: (start) =>
      new Promise((resolve, reject) => {
        open.add(reject);
        start((error) => {
          open.delete(reject);
          if (error) reject(error);
          else resolve();
        });
      }),
    fail(fault) {
      for (const reject of open) reject(fault);
      open.clear();
    },
  };
}

/** Asks the broker for an answer. The library pings too, to keep the connection; a broker answers all of them in their order. */
function pingsOf(client: MqttClient, waiting: Waiting): () => Promise<void> {
  let sent = 0;
  let answered = 0;
  const unanswered: { readonly number: number; readonly done: () => void }[] = [];
  client.on("packetsend", ({ cmd }) => {
    if (cmd === "pingreq") sent++;
  });
  client.on("packetreceive", ({ cmd }) => {
    if (cmd !== "pingresp") return;
    answered++;
    while (unanswered[0] !== undefined && unanswered[0].number <= answered) unanswered.shift()?.done();
  });
  return () =>
    waiting.settle((done) => {
      unanswered.push({ number: sent + 1, done });
      client.sendPing();
    });
}

function sessionOf(
  client: MqttClient,
  { waiting, closed, drop }: { waiting: Waiting; closed: Promise<LimenError>; drop: () => void },
): Session {
  return {
    closed,
    drop,
    ping: pingsOf(client, waiting),
    subscribe(topics) {
      const map: ISubscriptionMap = {};
      // rh 2: a retained message is not sent at all; rap: the retain flag of a live one stays visible.
      for (const [topic, { skipRetained, noLocal }] of Object.entries(topics))
        map[topic] = { qos: 0, rap: true, rh: skipRetained ? 2 : 0, nl: noLocal };
      return waiting.settle((done) => client.subscribe(map, (error) => done(error)));
    },
    unsubscribe(topic) {
      if (client.connected) client.unsubscribe(topic, () => {});
    },
    publish(topic, payload, { qos, retain, expirySeconds }) {
      const properties = expirySeconds === undefined ? {} : { properties: { messageExpiryInterval: expirySeconds } };
      return waiting.settle((done) => client.publish(topic, payload, { qos, retain, ...properties }, done));
    },
    async end() {
      const timer = setTimeout(() => client.stream.destroy(), END_TIMEOUT_MS);
      client.end(!client.connected);
      await closed;
      clearTimeout(timer);
    },
  };
}

/**
 * Connects once, MQTT 5 with a clean start, and resolves when the broker has accepted; rejects with the LimenError that says why
 * not (LIMEN_BROKER_OFFLINE, LIMEN_BROKER_REFUSED), at the latest after 5 s.
 */
export function openSession(
  options: SessionOptions,
  where: string,
  onMessage: OnMessage,
  signal: AbortSignal,
): Promise<Session> {
  return new Promise((resolve, reject) => {
    const client = connect(clientOptions(options));
    // Small messages that a person waits for: without this, Nagle's algorithm holds some of them back for 40 ms.
    const socket = client.stream instanceof Socket ? client.stream : null;
    socket?.setNoDelay(true);
    const waiting = waitingCalls();
    const destroy = (): void => void client.stream.destroy();
    let cause: unknown = new Error("the connection was closed");
    client.on("error", (error) => {
      cause = error;
      // Nothing good can come of this socket any more, and the library does not always close it.
      destroy();
    });
    client.on("disconnect", ({ reasonCode }) => {
      if (reasonCode) cause = Object.assign(new Error("disconnected by the broker"), { code: reasonCode });
    });
    client.on("message", (topic: string, payload: Buffer, packet: IPublishPacket) => onMessage(topic, payload, packet));
    const closed = new Promise<LimenError>((gone) => {
      client.once("close", () => {
        signal.removeEventListener("abort", destroy);
        const fault = brokerFault(where, cause);
        client.end(true);
        waiting.fail(fault);
        gone(fault);
        reject(fault);
      });
    });
    signal.addEventListener("abort", destroy);
    if (signal.aborted) destroy();
    client.once("connect", () => {
      // From here on the session is ended politely, by end().
      signal.removeEventListener("abort", destroy);
      const drop = (): void => {
        cause = new Error("broken off: a door command was not answered");
        // A reset, because what the system still holds of a socket that is only closed is sent for minutes. Node has none under TLS.
        if (socket === null || socket.destroyed || socket instanceof TLSSocket) destroy();
        else socket.resetAndDestroy();
      };
      resolve(sessionOf(client, { waiting, closed, drop }));
    });
  });
}
