import type { PublishOptions } from "#adapters/mqtt/command-publisher";
import type { MqttConnection } from "#adapters/mqtt/connection";
import {
  contactPayload,
  decisionMessage,
  doorEventMessage,
  doorStateMessage,
  happeningMessage,
  infoMessage,
  lockPayload,
} from "#adapters/mqtt/payload";
import type { Will } from "#adapters/mqtt/session";
import { type DoorTopics, doorTopics, siteTopics } from "#adapters/mqtt/topics";
import { isoOf } from "#core/instant";
import type { Announcer, DoorCondition } from "#ports/announcer";
import type { Clock } from "#ports/clock";
import type { Metrics } from "#ports/metrics";

export interface MqttAnnouncerOptions {
  /** The telemetry connection, opened with `statusWill(prefix)`. */
  readonly connection: Pick<MqttConnection, "isOnline" | "publish" | "onChange">;
  readonly prefix: string;
  readonly instance: string;
  readonly version: string;
  /** Both of the moment. */
  readonly doors: () => readonly string[];
  readonly readers: () => readonly string[];
  readonly clock: Clock;
  readonly metrics: Metrics;
}

export interface MqttAnnouncer extends Announcer, AsyncDisposable {
  /** Other doors and readers are there now: says which, and takes back what was said of those that are gone. */
  siteChanged(): void;
}

/** The last will that goes with the announcer's connection: the broker says `offline` when Limen is lost. */
export function statusWill(prefix: string): Will {
  return { topic: siteTopics(prefix).status, payload: "offline" };
}

/** What happened is news for a minute; later it could set off an automation that believes it happened just now. */
const NEWS: PublishOptions = { qos: 1, retain: false, expirySeconds: 60 };
const STATE: PublishOptions = { qos: 1, retain: true };
const REMEMBERED_IDS = 64;
/** Longest wait for the broker to take the goodbye, ms. */
const GOODBYE_MS = 1000;

/**
 * Announces over MQTT. States are retained and published anew at every connect; decisions are published now or never, and each
 * message that found no broker is counted. Disposing of it says `offline`; the connection stays its owner's.
 */
export async function openMqttAnnouncer(options: MqttAnnouncerOptions): Promise<MqttAnnouncer> {
  const { connection, prefix, clock, metrics } = options;
  const site = siteTopics(prefix);
  const topicsOf = (door: string): DoorTopics | undefined =>
    options.doors().includes(door) ? doorTopics(prefix, door) : undefined;
  const startedAt = isoOf(clock.now());
  const states = new Map<string, DoorCondition>();
  const lastDecision = new Map<string, { readonly id: string; readonly at: string }>();
  const toldIds = new Set<string>();
  let disposed = false;

  const send = async (topic: string, payload: string, kind: "state" | "decision" | "event"): Promise<void> => {
    if (!(await connection.publish(topic, payload, kind === "state" ? STATE : NEWS))) {
      metrics.count("limen_announcements_dropped_total", { kind });
    }
  };
  const sendSummary = async (door: string, topics: DoorTopics, state: DoorCondition): Promise<void> =>
    send(topics.state, JSON.stringify(doorStateMessage(state, lastDecision.get(door) ?? null)), "state");
  /** The door's retained messages, of those it had `before` only what differs; while the broker is away they wait for the next connect. */
  const sendState = async (door: string, before: DoorCondition | null = null): Promise<void> => {
    const topics = topicsOf(door);
    const state = states.get(door);
    if (topics === undefined || state === undefined || !connection.isOnline()) return;
    const all: readonly (readonly [topic: string, payloadOf: (of: DoorCondition) => string])[] = [
      [topics.availability, ({ availability }) => availability],
      [topics.mode, ({ mode }) => mode],
      [topics.lock, ({ lock }) => lockPayload(lock)],
      [topics.contact, ({ contact }) => contactPayload(contact)],
    ];
    const changed = all.filter(([, payloadOf]) => before === null || payloadOf(before) !== payloadOf(state));
    const sent = changed.map(([topic, payloadOf]) => send(topic, payloadOf(state), "state"));
    await Promise.all([...sent, sendSummary(door, topics, state)]);
  };
  /** An empty retained message is how a broker is told to keep none. */
  const forget = async ({ availability, mode, lock, contact, state }: DoorTopics): Promise<void> => {
    for (const topic of [availability, mode, lock, contact, state]) await send(topic, "", "state");
  };
  const isDegraded = (door: string): boolean => (states.get(door)?.concerns.length ?? 0) > 0;
  const sendInfo = async (): Promise<void> => {
    const { version, instance } = options;
    const doors = options.doors();
    const readers = options.readers();
    const degraded = doors.filter(isDegraded);
    const info = infoMessage({ version, instance, startedAt, doors, readers, degraded });
    await send(site.info, JSON.stringify(info), "state");
  };
  const sendEverything = async (): Promise<void> => {
    await send(site.status, "online", "state");
    await sendInfo();
    // One door after the other: however many there are, few messages wait for the broker at once.
    for (const door of states.keys()) await sendState(door);
  };
  const isNews = (id: string): boolean => {
    if (toldIds.has(id)) return false;
    toldIds.add(id);
    for (const oldest of toldIds) {
      if (toldIds.size <= REMEMBERED_IDS) break;
      toldIds.delete(oldest);
    }
    return true;
  };

  const unlisten = connection.onChange((online) => {
    if (online) void sendEverything();
  });
  if (connection.isOnline()) void sendEverything();

  return {
    decision(record, outcome) {
      if (disposed) return;
      const topics = topicsOf(record.door);
      void send(site.decision, JSON.stringify(decisionMessage(record, outcome)), "decision");
      if (topics === undefined || !isNews(record.id)) return;
      void send(topics.event, JSON.stringify(doorEventMessage(record)), "decision");
      lastDecision.set(record.door, { id: record.id, at: isoOf(record.at) });
      const state = states.get(record.door);
      if (state !== undefined && connection.isOnline()) void sendSummary(record.door, topics, state);
    },
    happened(event) {
      const topics = topicsOf(event.door);
      if (disposed || topics === undefined) return;
      void send(topics.event, JSON.stringify(happeningMessage(event)), "event");
    },
    door(door, state) {
      const before = states.get(door) ?? null;
      if (disposed || JSON.stringify(before) === JSON.stringify(state)) return;
      const wasDegraded = isDegraded(door);
      states.set(door, state);
      void sendState(door, before);
      if (isDegraded(door) !== wasDegraded && connection.isOnline()) void sendInfo();
    },
    siteChanged() {
      if (disposed) return;
      for (const door of [...states.keys()].filter((known) => topicsOf(known) === undefined)) {
        states.delete(door);
        lastDecision.delete(door);
        if (connection.isOnline()) void forget(doorTopics(prefix, door));
      }
      if (connection.isOnline()) void sendInfo();
    },
    async [Symbol.asyncDispose]() {
      if (disposed) return;
      disposed = true;
      unlisten();
      const goodbye = connection.publish(site.status, "offline", STATE);
      const enough = new AbortController();
      await Promise.race([goodbye, clock.sleep(GOODBYE_MS, enough.signal).catch(() => {})]);
      enough.abort();
    },
  };
}
