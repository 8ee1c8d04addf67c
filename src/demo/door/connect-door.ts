import { Socket } from "node:net";
import { connect } from "mqtt";
import type { DoorControllerMachine } from "#demo/door/controller";
import type { DoorSettings } from "#demo/door/settings";

export interface DoorLink {
  publish(topic: string, payload: string, retain: boolean): void;
  /** Says `offline` and closes. */
  end(): Promise<void>;
}

export interface DoorLinkEvents {
  readonly onReady: () => void;
  readonly onMessage: (topic: string, payload: Uint8Array, retained: boolean) => void;
  readonly onOffline: (why: string) => void;
}

const GOODBYE_MS = 500;

/** The controller's own connection: clean start, nothing kept for it or by it while it is away, reconnects for ever. */
export function connectDoor(
  settings: DoorSettings,
  topics: DoorControllerMachine["topics"],
  events: DoorLinkEvents,
): DoorLink {
  const { url, username, password, controller } = settings;
  const client = connect(url, {
    protocolVersion: 5,
    clean: true,
    properties: { sessionExpiryInterval: 0 },
    clientId: `limen-door-${controller}`,
    keepalive: settings.keepalive_s,
    connectTimeout: 5000,
    reconnectPeriod: 500,
    reconnectOnConnackError: true,
    queueQoSZero: false,
    resubscribe: false,
    will: { topic: topics.status, payload: Buffer.from("offline"), qos: 1, retain: true },
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
  });
  let lost = "the connection was closed";
  let saidOffline = false;
  client.on("error", (error) => {
    lost = error.message || lost;
  });
  client.on("close", () => {
    if (!saidOffline) events.onOffline(lost);
    saidOffline = true;
  });
  client.on("connect", () => {
    if (client.stream instanceof Socket) client.stream.setNoDelay(true);
    // rap: the retain flag stays visible on live messages too, so that the rule "retained: drop" sees all of them.
    client.subscribe([topics.command, topics.helloRequest], { qos: 0, rap: true, rh: 0 }, (error) => {
      if (error) return void client.stream.destroy();
      saidOffline = false;
      events.onReady();
    });
  });
  client.on("message", (topic, payload, packet) => events.onMessage(topic, payload, packet.retain));
  return {
    publish: (topic, payload, retain) => void client.publish(topic, payload, { qos: 0, retain }, () => {}),
    async end() {
      const goodbye = new Promise<void>((resolve) => {
        if (!client.connected) return resolve();
        setTimeout(resolve, GOODBYE_MS).unref();
        client.publish(topics.status, "offline", { qos: 1, retain: true }, () => resolve());
      });
      await goodbye;
      await client.endAsync(!client.connected);
    },
  };
}
