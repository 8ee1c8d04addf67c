import { type Announced, readAnnounced, writeAnnounced } from "#adapters/homeassistant/announced";
import type { Device } from "#adapters/homeassistant/discovery";
import { ended } from "#adapters/homeassistant/ended";
import type { HomeConnection } from "#adapters/homeassistant/home-connection";
import { messageOf } from "#errors";
import type { Clock } from "#ports/clock";
import type { Logger } from "#ports/logger";

export interface AnnounceOptions {
  readonly connection: HomeConnection;
  /** First part of Home Assistant's own topics: `homeassistant`. */
  readonly discoveryPrefix: string;
  /** Empty = Home Assistant is to know nothing; what it was told before is taken back. */
  readonly devices: readonly Device[];
  /** Where it is remembered what Home Assistant was told, so that a door that leaves the configuration leaves it too. */
  readonly file: string;
  /** Tells the states that are not retained once more. */
  readonly onBirth: () => void;
  /** 0 to 1. */
  readonly random: () => number;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Long enough for Home Assistant to have subscribed after its birth, spread so that not everybody answers it at once. */
const BIRTH_WAIT_MS = { least: 1000, most: 10_000 };
/** A message that the broker did not take is tried once more after this: it may have been busy. */
const AGAIN_MS = 2000;

const SAID = { qos: 1, retain: true, saysRefusal: true } as const;

/** Entities that went are named once more, with nothing but their platform: that is how Home Assistant is told to forget them. */
function payloadOf(device: Device, before: Readonly<Record<string, string>>): string {
  const gone = Object.entries(before).filter(([key]) => device.payload.cmps[key] === undefined);
  const cmps = { ...device.payload.cmps, ...Object.fromEntries(gone.map(([key, p]) => [key, { p }])) };
  return JSON.stringify({ ...device.payload, cmps });
}

/**
 * Tells Home Assistant of the devices, retained, at every connect and again some seconds after each of its starts; takes back what
 * it was told before and is no more. A broker that refuses is said once, with what to do, and asked again at the next connect.
 */
export async function openDiscovery(options: AnnounceOptions): Promise<AsyncDisposable> {
  const { connection, discoveryPrefix, clock, logger, file } = options;
  const stop = new AbortController();
  const devices = new Map(options.devices.map((device) => [`${discoveryPrefix}/device/${device.id}/config`, device]));
  const before = await readAnnounced(file);
  const known = new Map(Object.entries(before).map(([topic, parts]) => [topic, { ...parts }]));
  for (const [topic, { payload }] of devices) {
    const platforms = Object.entries(payload.cmps).map(([key, { p }]) => [key, p] as const);
    known.set(topic, { ...known.get(topic), ...Object.fromEntries(platforms) });
  }
  let written = JSON.stringify(before);
  let warned = false;
  let unhear: (() => void) | null = null;

  const remember = async (): Promise<void> => {
    const now: Announced = Object.fromEntries(known);
    const text = JSON.stringify(now);
    if (text === written) return;
    try {
      await writeAnnounced(file, now);
      written = text;
    } catch (error) {
      logger.warn(
        {},
        `what Home Assistant was told could not be remembered, it will not be taken back: ${messageOf(error)}`,
      );
    }
  };
  const say = async (topic: string, payload: string): Promise<boolean> => {
    if (await connection.publish(topic, payload, SAID)) return true;
    await clock.sleep(AGAIN_MS, stop.signal).catch(() => {});
    return !stop.signal.aborted && connection.isOnline() && (await connection.publish(topic, payload, SAID));
  };
  const refused = (topic: string): false => {
    if (warned || stop.signal.aborted || !connection.isOnline()) return false;
    warned = true;
    logger.warn(
      { topic },
      `the MQTT broker does not let Limen tell Home Assistant of its doors: let its account write ${discoveryPrefix}/device/+/config and read ${discoveryPrefix}/status, or set home_assistant.discovery to false`,
    );
    return false;
  };
  /** One message after the other; false when it was refused. */
  const tellAll = async (): Promise<boolean> => {
    await remember();
    for (const topic of [...known.keys()].filter((each) => !devices.has(each))) {
      if (!(await say(topic, ""))) return refused(topic);
      known.delete(topic);
    }
    for (const [topic, device] of devices) {
      if (!(await say(topic, payloadOf(device, known.get(topic) ?? {})))) return refused(topic);
    }
    await remember();
    return true;
  };

  let busy: Promise<void> = Promise.resolve();
  let wanted = false;
  /** Asked for while it is under way, it is done once more after that. */
  const tell = (): void => {
    if (wanted || stop.signal.aborted) return;
    wanted = true;
    busy = busy.then(async () => {
      wanted = false;
      if (!connection.isOnline() || stop.signal.aborted || !(await tellAll())) return;
      if (devices.size > 0) unhear ??= connection.subscribe(`${discoveryPrefix}/status`, { skipRetained: true }, heard);
    });
  };
  let birth = false;
  const heard = (payload: Uint8Array): void => {
    if (birth || Buffer.from(payload).toString() !== "online") return;
    birth = true;
    const { least, most } = BIRTH_WAIT_MS;
    clock
      .sleep(least + options.random() * (most - least), stop.signal)
      .then(() => {
        birth = false;
        tell();
        busy = busy.then(options.onBirth);
      })
      .catch(() => {});
  };

  const unlisten = connection.onChange((online) => {
    if (online) tell();
  });
  if (connection.isOnline()) tell();
  return {
    async [Symbol.asyncDispose]() {
      stop.abort();
      unlisten();
      unhear?.();
      await ended(busy, clock);
    },
  };
}
