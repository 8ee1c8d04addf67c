import type { MqttConnection } from "#adapters/mqtt/connection";
import { doorTestTopics, siteControlTopics } from "#adapters/mqtt/topics";
import { isoOf } from "#core/instant";
import type { Metrics } from "#ports/metrics";
import type { DoorTest, SiteControl } from "#ports/site-control";

const MAX_BYTES = 32;
const STATE = { qos: 1, retain: true } as const;
/** What was found by a test is news for a minute. */
const NEWS = { qos: 1, retain: false, expirySeconds: 60 } as const;

/** `<p>/door/<door>/tested`: how it would be if somebody came now. */
function testMessage({ door, at, isOk, broker, controller, concerns }: DoorTest) {
  return { v: 1, door, ts: isoOf(at), ok: isOk, broker, controller, concerns } as const;
}

export interface MqttSiteControl extends Disposable {
  /** Lets this door be tested, until it is disposed of. */
  tests(door: string): Disposable;
}

/**
 * Carries the threshold, the restart and the tests of doors over MQTT, where the configuration allows them. What is retained or malformed
 * is counted and does nothing.
 */
export function openMqttSiteControl(options: {
  readonly connection: Pick<MqttConnection, "publish" | "subscribe" | "onChange" | "isOnline">;
  readonly prefix: string;
  /** The threshold and the restart. */
  readonly ofSite: boolean;
  readonly control: SiteControl;
  readonly metrics: Metrics;
}): MqttSiteControl {
  const { connection, prefix, ofSite, control, metrics } = options;
  const site = siteControlTopics(prefix);
  const hear = (topic: string, asked: string, act: (text: string) => boolean): (() => void) =>
    connection.subscribe(topic, { skipRetained: true }, (payload, { retain }) => {
      const text = payload.length > MAX_BYTES ? "" : Buffer.from(payload).toString("utf8").trim();
      if (retain || !act(text))
        metrics.count("limen_remote_requests_total", { asked, outcome: retain ? "retained" : "malformed" });
    });
  const tellThreshold = (): void => {
    if (connection.isOnline()) void connection.publish(site.threshold, (control.threshold() ?? 0.5).toFixed(3), STATE);
  };

  const stops = [
    ...(ofSite
      ? [
          hear(site.setThreshold, "threshold", (text) => {
            if (!/^\d(?:\.\d{1,6})?$/.test(text)) return false;
            void control.raise(Number(text), "mqtt");
            return true;
          }),
          hear(site.restart, "restart", (text) => {
            if (text !== "PRESS") return false;
            control.restart("mqtt");
            return true;
          }),
          connection.onChange((online) => {
            if (online) tellThreshold();
          }),
          control.watch(tellThreshold),
        ]
      : []),
  ];
  if (ofSite) tellThreshold();
  return {
    tests(door) {
      const topics = doorTestTopics(prefix, door);
      const unhear = hear(topics.test, "test", (text) => {
        const found = text === "PRESS" ? control.test(door, "mqtt") : null;
        if (found === null) return false;
        void connection.publish(topics.tested, JSON.stringify(testMessage(found)), NEWS);
        return true;
      });
      return { [Symbol.dispose]: unhear };
    },
    [Symbol.dispose]() {
      for (const stop of stops) stop();
    },
  };
}
