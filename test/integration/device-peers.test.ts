import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connectAsync } from "mqtt";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "#adapters/clock/system-clock";
import { newUlid } from "#adapters/clock/ulid";
import { openMqttDoor } from "#adapters/doors/mqtt-door";
import type { DoorProfile } from "#adapters/doors/profile";
import { esphomeLockProfile } from "#adapters/doors/profiles/esphome-lock";
import { shellyGen2Profile } from "#adapters/doors/profiles/shelly-gen2";
import { tasmotaProfile } from "#adapters/doors/profiles/tasmota";
import { zigbee2mqttLockProfile } from "#adapters/doors/profiles/zigbee2mqtt";
import { openMqttConnection } from "#adapters/mqtt/connection";
import { type Mosquitto, openMosquitto } from "#demo/broker";
import type { PeerSettingsInput } from "#demo/peers/settings";
import { RecordingLogger, RecordingMetrics } from "../fakes/quiet.js";
import { grantNow, NO_SIGNAL } from "../fixtures/door-rig.js";
import { startPeer } from "../fixtures/peer-program.js";
import { until } from "../fixtures/until.js";

let directory: string;
let broker: Mosquitto;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "limen-peers-"));
  broker = await openMosquitto({ directory });
});
afterAll(async () => {
  await broker[Symbol.asyncDispose]();
  await rm(directory, { recursive: true });
});

type Settings = PeerSettingsInput extends infer S
  ? S extends unknown
    ? Omit<S, "url" | "username" | "password">
    : never
  : never;

/** Limen's side of one device, over a connection of its own, and the device as a program of its own. */
async function rig(profile: DoorProfile, settings: Settings) {
  const [user] = broker.users;
  const logger = new RecordingLogger();
  const metrics = new RecordingMetrics();
  const connection = await openMqttConnection({
    url: broker.url,
    ...user,
    clientId: `limen-test-${newUlid()}`,
    name: "control",
    commandTopics: new Set(profile.commandTopics),
    clock: systemClock,
    logger,
  });
  const tools = { clock: systemClock, logger, metrics, newId: newUlid };
  const door = await openMqttDoor({ door: "front", profile, pulseMs: 800, transport: connection, ...tools });
  const peer = await startPeer({ ...settings, url: broker.url, ...user } as PeerSettingsInput);
  const kinds: string[] = [];
  const stop = new AbortController();
  const listening = (async () => {
    for await (const { kind } of door.feedback(stop.signal)) kinds.push(kind);
  })();
  await until("the device is known to be there", () => door.health().controller === "online", 10_000);
  return {
    door,
    peer,
    kinds,
    logger,
    async [Symbol.asyncDispose]() {
      stop.abort();
      await listening;
      await peer[Symbol.asyncDispose]();
      await door[Symbol.asyncDispose]();
      await connection[Symbol.asyncDispose]();
    },
  };
}

const DEVICES: readonly (readonly [string, DoorProfile, Settings])[] = [
  ["Tasmota", tasmotaProfile({ topic: "t1", relay: 1, pulseMs: 800 }), { kind: "tasmota", topic: "t1" }],
  [
    "Shelly",
    shellyGen2Profile({ prefix: "s1", channel: 0, source: "limen-front" }),
    { kind: "shelly_gen2", prefix: "s1" },
  ],
  [
    "Zigbee2MQTT lock",
    zigbee2mqttLockProfile({ base: "zigbee2mqtt", device: "z1", pulseChecked: true }),
    { kind: "zigbee2mqtt_lock", device: "z1", relock_ms: 800 },
  ],
  [
    "ESPHome lock",
    esphomeLockProfile({ prefix: "e1", lock: "l", pulseChecked: true }),
    { kind: "esphome_lock", prefix: "e1", lock: "l", relock_ms: 800 },
  ],
];

describe.each(DEVICES)("a %s", (_, profile, settings) => {
  it("opens once for a grant, says so, locks by itself, and is left alone while it is away", async () => {
    await using side = await rig(profile, settings);
    const { door, peer } = side;
    await until("nothing is wrong with how it is set up", () => door.health().concerns.length === 0, 5000);
    expect(await door.open(grantNow(), NO_SIGNAL)).toMatchObject({ actuation: "acked", why: "ok" });
    await until("the program has said so", () => peer.count("opened") === 1, 2000);
    await until("it has locked again", () => peer.count("relocked") === 1 && side.kinds.includes("relocked"), 5000);
    expect(await door.open(grantNow(3001), NO_SIGNAL)).toMatchObject({ actuation: "expired" });
    await peer[Symbol.asyncDispose]();
    await until("it is known to be away", () => door.health().controller !== "online", 20_000);
    expect(await door.open(grantNow(), NO_SIGNAL)).toMatchObject({ actuation: "controller_offline", sentAtMs: null });
    expect(peer.count("opened")).toBe(1);
  });
});

describe("a Tasmota that is not set up right", () => {
  it("and takes no PulseTime is called degraded, and still opens", async () => {
    const profile = tasmotaProfile({ topic: "t2", relay: 1, pulseMs: 800 });
    await using side = await rig(profile, { kind: "tasmota", topic: "t2", sets_pulse: false });
    await until("it is known", () => side.door.health().concerns.includes("no_pulse"), 5000);
    expect(await side.door.open(grantNow(), NO_SIGNAL)).toMatchObject({ actuation: "acked" });
  });

  it("and has a retained command waiting opens at its start by itself, which is found and named", async () => {
    const [user] = broker.users;
    const other = await connectAsync(broker.url, { ...user });
    await other.publishAsync("cmnd/t3/POWER1", "ON", { qos: 1, retain: true });
    const profile = tasmotaProfile({ topic: "t3", relay: 1, pulseMs: 800 });
    await using side = await rig(profile, { kind: "tasmota", topic: "t3", pulse_time: 5 });
    await until("it is known", () => side.door.health().concerns.includes("retained_command"), 5000);
    // The device did that, not Limen: nothing in a retained command says how old it is.
    await until("the program has said so", () => side.peer.count("opened") === 1, 2000);
    await other.publishAsync("cmnd/t3/POWER1", "", { qos: 1, retain: true });
    await until("it is taken away", () => !side.door.health().concerns.includes("retained_command"), 5000);
    await other.endAsync();
  });
});
