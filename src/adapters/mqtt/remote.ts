import type { MqttConnection } from "#adapters/mqtt/connection";
import { lockWish, modeWish, signedRequest } from "#adapters/mqtt/remote-message";
import { remoteTopics, requestTopics } from "#adapters/mqtt/topics";
import type { DoorMode } from "#core/policy";
import type { RemoteRequest } from "#core/remote-unlock";
import type { ModeWish } from "#core/standing-mode";
import type { Clock } from "#ports/clock";
import type { Metrics } from "#ports/metrics";
import type { DoorModes, RemoteAnswer, RemoteUnlock } from "#ports/remote-doors";

/** Answers under way at once; a flood of requests is dropped beyond it. */
const MOST_UNDER_WAY = 16;
const REPLY_EXPIRY_SECONDS = 10;

export interface MqttRemoteOptions {
  readonly connection: Pick<MqttConnection, "publish" | "subscribe" | "onChange" | "isOnline">;
  readonly prefix: string;
  /** By name. */
  readonly keys: ReadonlyMap<string, Uint8Array>;
  readonly remote: RemoteUnlock;
  readonly modes: DoorModes;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly signal: AbortSignal;
}

function replyMessage(id: string, answer: RemoteAnswer) {
  if (answer.result === "refused") return { v: 1, id, ok: false, error: { code: answer.why } } as const;
  return { v: 1, id, ok: true, result: { id: answer.id, actuated: answer.actuation, why: answer.why } } as const;
}

export interface MqttRemote extends Disposable {
  /** Hears what is asked of this door, and tells how it stands, until it is disposed of. */
  door(door: string): Disposable;
}

/**
 * Carries what is asked for over MQTT to the doors, and how they stand back. What is retained, malformed or wrongly signed is counted and
 * does nothing.
 */
export function openMqttRemote(options: MqttRemoteOptions): MqttRemote {
  const { connection, prefix, remote, modes, clock, metrics, signal } = options;
  const requests = requestTopics(prefix);
  const doors = new Set<string>();
  let onlineSinceMs = clock.monotonicMs();
  let underWay = 0;
  const ignored = (asked: string, outcome: string): void =>
    metrics.count("limen_remote_requests_total", { asked, outcome });

  const unlock = async (request: RemoteRequest): Promise<RemoteAnswer | null> => {
    if (underWay >= MOST_UNDER_WAY) {
      ignored("unlock", "dropped");
      return null;
    }
    underWay++;
    try {
      return await remote.unlock(request, signal);
    } finally {
      underWay--;
    }
  };
  const lock = async (door: string): Promise<void> => {
    if (underWay >= MOST_UNDER_WAY) {
      ignored("lock", "dropped");
      return;
    }
    underWay++;
    await remote.lock(door, "mqtt", signal);
    underWay--;
  };
  const listeningMs = (): number => (connection.isOnline() ? clock.monotonicMs() - onlineSinceMs : 0);

  const hearSet = (door: string, topic: string): (() => void) =>
    connection.subscribe(topic, { skipRetained: true }, (payload, { retain }) => {
      const heard = lockWish(payload);
      if (heard === null) ignored("unlock", "malformed");
      else if (heard.wish === "lock") {
        if (retain) ignored("lock", "retained");
        else void lock(door);
      } else {
        const { madeAt } = heard;
        const given = { door, by: "mqtt", proof: "nothing", id: null, madeAt, expiresAt: null } as const;
        void unlock({ ...given, retained: retain, listeningMs: listeningMs() });
      }
    });

  const hearMode = (door: string, topic: string, kind: ModeWish["kind"]): (() => void) =>
    connection.subscribe(topic, { skipRetained: true }, (payload, { retain }) => {
      const wish = modeWish(payload, kind);
      if (retain || wish === null) ignored(kind, retain ? "retained" : "malformed");
      else void modes.wish(door, wish, "mqtt");
    });

  const hearRequests = (): (() => void) =>
    connection.subscribe(requests.unlock, { skipRetained: true }, (payload, { retain }) => {
      const found = signedRequest(payload, requests.unlock, options.keys);
      if (found === null) {
        ignored("unlock", "unverified");
        return;
      }
      const { kid, id, door, iat: madeAt, exp: expiresAt } = found;
      const given = { door, by: `signed:${kid}`, proof: "signed", id, madeAt, expiresAt } as const;
      void unlock({ ...given, retained: retain, listeningMs: listeningMs() }).then(async (answer) => {
        if (answer === null) return;
        const how = { qos: 1, retain: false, expirySeconds: REPLY_EXPIRY_SECONDS } as const;
        const reply = JSON.stringify(replyMessage(id, answer));
        if (!(await connection.publish(requests.replyTo(kid), reply, how)))
          metrics.count("limen_announcements_dropped_total", { kind: "reply" });
      });
    });

  const tell = (door: string, mode: DoorMode): void => {
    if (!doors.has(door) || !connection.isOnline()) return;
    const topics = remoteTopics(prefix, door);
    const state = { qos: 1, retain: true } as const;
    void connection.publish(topics.lockdown, mode === "locked_down" ? "ON" : "OFF", state);
    void connection.publish(topics.shadow, mode === "shadow" ? "ON" : "OFF", state);
  };
  const tellAll = (): void => {
    for (const door of doors) tell(door, modes.mode(door));
  };
  const stops = [
    ...(options.keys.size === 0 ? [] : [hearRequests()]),
    connection.onChange((online) => {
      if (!online) return;
      onlineSinceMs = clock.monotonicMs();
      tellAll();
    }),
    modes.watch(tell),
  ];
  return {
    door(door) {
      const { set, modeSet, lockdownSet, shadowSet } = remoteTopics(prefix, door);
      const unhear = [
        hearSet(door, set),
        hearMode(door, modeSet, "mode"),
        hearMode(door, lockdownSet, "lockdown"),
        hearMode(door, shadowSet, "shadow"),
      ];
      doors.add(door);
      tell(door, modes.mode(door));
      return {
        [Symbol.dispose]() {
          doors.delete(door);
          for (const stop of unhear) stop();
        },
      };
    },
    [Symbol.dispose]() {
      for (const stop of stops) stop();
    },
  };
}
