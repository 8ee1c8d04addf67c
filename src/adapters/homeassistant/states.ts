import { ended } from "#adapters/homeassistant/ended";
import type { HomeConnection } from "#adapters/homeassistant/home-connection";
import { homeDoorTopics, homeReaderTopics, homeSiteTopics } from "#adapters/homeassistant/topics";
import { concernWords } from "#core/door-concern";
import type { Clock } from "#ports/clock";
import type { Status } from "#ports/status-board";

const CHECK_MS = 1000;
const STATE = { qos: 1, retain: true } as const;

const onOff = (is: boolean): string => (is ? "ON" : "OFF");

/** Every retained leaf state for Home Assistant, as [topic, payload]. No secret and nobody's name is in one. */
export function leafStatesOf(prefix: string, status: Pick<Status, "cameras" | "doors" | "gallery" | "problems">) {
  const site = homeSiteTopics(prefix);
  const states: [topic: string, payload: string][] = [
    [site.problems, JSON.stringify({ problems: status.problems })],
    [site.problem, onOff(status.problems.length > 0)],
    [site.people, String(status.gallery.people)],
  ];
  for (const [door, { broker, controller, concerns }] of Object.entries(status.doors)) {
    const topics = homeDoorTopics(prefix, door);
    const isAway = broker === "offline" || controller !== "online";
    const words = [
      ...(isAway ? ["its controller cannot be reached"] : []),
      ...concerns.map((concern) => `its controller ${concernWords(concern)}`),
    ];
    states.push([topics.problems, JSON.stringify({ problems: words })], [topics.problem, onOff(words.length > 0)]);
  }
  for (const [camera, { state, sight }] of Object.entries(status.cameras)) {
    const topics = homeReaderTopics(prefix, camera);
    states.push(
      [topics.connected, onOff(state === "streaming")],
      [topics.problem, onOff(state !== "streaming" || sight !== "ok")],
      [topics.sight, sight],
    );
  }
  return states;
}

/** Publishes what has changed, looked up once a second, and everything anew at each connect. */
export function openLeafStates(options: {
  readonly connection: HomeConnection;
  readonly prefix: string;
  readonly status: () => Status;
  readonly clock: Clock;
}): AsyncDisposable {
  const { connection, clock } = options;
  const stop = new AbortController();
  const published = new Map<string, string>();
  const unlisten = connection.onChange(() => published.clear());
  const round = async (): Promise<void> => {
    for (const [topic, payload] of leafStatesOf(options.prefix, options.status())) {
      if (published.get(topic) === payload || !connection.isOnline() || stop.signal.aborted) continue;
      if (await connection.publish(topic, payload, STATE)) published.set(topic, payload);
    }
  };
  const working = (async () => {
    while (!stop.signal.aborted) {
      await round();
      await clock.sleep(CHECK_MS, stop.signal).catch(() => {});
    }
  })();
  return {
    async [Symbol.asyncDispose]() {
      stop.abort();
      unlisten();
      await ended(working, clock);
    },
  };
}
