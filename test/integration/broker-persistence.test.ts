import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { connect } from "mqtt";
import { beforeEach, expect, it } from "vitest";
import { systemClock } from "#adapters/clock/system-clock";
import { newUlid } from "#adapters/clock/ulid";
import { openNativeDoor } from "#adapters/doors/limen-native";
import { openMqttDoor } from "#adapters/doors/mqtt-door";
import { tasmotaProfile } from "#adapters/doors/profiles/tasmota";
import { type MqttConnection, openMqttConnection } from "#adapters/mqtt/connection";
import { controllerTopics } from "#adapters/mqtt/topics";
import { type Mosquitto, openMosquitto } from "#demo/broker";
import { createDoorController, type Effect } from "#demo/door/controller";
import { RecordingLogger, RecordingMetrics } from "../fakes/quiet.js";
import { disposeAfterEach, folderUntilLater } from "../fixtures/dispose-after-each.js";
import { grantNow, NO_SIGNAL } from "../fixtures/door-rig.js";
import { openOutsider } from "../fixtures/outsider.js";
import { until } from "../fixtures/until.js";

/** A broker that keeps all it can over a restart, and controllers with sessions that last: everything that is advised against, at once. */

const later = disposeAfterEach();
let folder = "";
beforeEach(async () => {
  folder = await folderUntilLater(later, "limen-kept-");
});

const keepingBroker = async (): Promise<Mosquitto> =>
  later(
    await openMosquitto({
      directory: folder,
      extraConfig: `persistence true\npersistence_location ${folder}/\nqueue_qos0_messages true`,
    }),
  );
/** Everything the broker wrote down when it was last stopped. */
const database = (): Promise<Buffer> => readFile(join(folder, "mosquitto.db"));

const tools = { clock: systemClock, logger: new RecordingLogger(), metrics: new RecordingMetrics(), newId: newUlid };

async function limenAt(broker: Mosquitto, commandTopics: readonly string[]): Promise<MqttConnection> {
  return later(
    await openMqttConnection({
      url: broker.url,
      ...broker.users[0],
      clientId: "limen-test-control",
      name: "control",
      commandTopics: new Set(commandTopics),
      ...tools,
    }),
  );
}

/** A controller that lets the broker keep its messages. Its going away is told to nobody. */
async function comesTo(
  broker: Mosquitto,
  clientId: string,
  topics: readonly string[],
  hear: (topic: string, payload: Buffer, retained: boolean) => void,
) {
  const given = { protocolVersion: 4, clean: false, reconnectPeriod: 0, clientId } as const;
  const client = connect(broker.url, { ...broker.users[0], ...given });
  client.on("error", () => {}).on("message", (topic, payload, { retain }) => hear(topic, payload, retain));
  await until("it is connected", () => client.connected, 10_000);
  await client.subscribeAsync([...topics], { qos: 1 });
  const gone = { [Symbol.asyncDispose]: () => client.endAsync(true) };
  later(gone);
  return {
    say: (topic: string, payload: string, retain = false) => client.publishAsync(topic, payload, { qos: 0, retain }),
    leave: () => client.endAsync(),
  };
}

it("a device that checks nothing: a command of Limen's in the broker's database has expired when the broker is back", async () => {
  const profile = tasmotaProfile({ topic: "gate", relay: 1, pulseMs: 500 });
  const POWER = "cmnd/gate/POWER1";
  const broker = await keepingBroker();
  const heard: string[] = [];
  const hear = (topic: string, payload: Buffer): void => {
    if (topic === POWER) heard.push(payload.toString());
  };
  const device = await comesTo(broker, "gate", [POWER], hear);
  await device.say("tele/gate/LWT", "Online", true);
  const connection = await limenAt(broker, profile.commandTopics);
  const door = later(await openMqttDoor({ door: "front", profile, pulseMs: 500, transport: connection, ...tools }));
  await until("the device is there", () => door.health().controller === "online", 20_000);
  await device.leave();

  expect((await door.open(grantNow(), NO_SIGNAL)).actuation).toBe("failed");
  const outsider = await openOutsider(broker);
  // Somebody else's, without an expiry: it shows that what the broker kept does come back.
  await outsider.say(POWER, "somebody else's", { qos: 1 });
  await outsider[Symbol.asyncDispose]();
  await broker.stop("SIGTERM");
  const kept = (await database()).toString("latin1");
  expect(kept).toContain("somebody else's");
  // Limen's own lies beside it: the topic, then ON.
  expect(kept).toMatch(/cmnd\/gate\/POWER1ON/);
  await systemClock.sleep(5000);
  await broker.restart();
  await comesTo(broker, "gate", [POWER], hear);
  await until("what was kept has come", () => heard.includes("somebody else's"), 10_000);
  await systemClock.sleep(500);
  expect(heard).toEqual(["somebody else's"]);
});

it("a device that checks nothing: a retained command survives in the database, opens it at each start, and Limen says so", async () => {
  const profile = tasmotaProfile({ topic: "gate", relay: 1, pulseMs: 500 });
  const POWER = "cmnd/gate/POWER1";
  const broker = await keepingBroker();
  const connection = await limenAt(broker, profile.commandTopics);
  const door = later(await openMqttDoor({ door: "front", profile, pulseMs: 500, transport: connection, ...tools }));
  const outsider = await openOutsider(broker);
  await outsider.say(POWER, "ON", { retain: true });
  await outsider[Symbol.asyncDispose]();
  await broker.stop("SIGTERM");
  await broker.restart();
  const heard: string[] = [];
  await comesTo(broker, "gate", [POWER], (_, payload, retained) => heard.push(`${payload} ${retained}`));
  await until("it opened by itself", () => heard.length > 0, 10_000);
  expect(heard).toEqual(["ON true"]);
  await until("Limen has found it", () => door.health().concerns.includes("retained_command"), 20_000);
});

it("Limen's own controller: a command that was acted on, kept both ways over a restart, opens nothing; the next one does", async () => {
  const broker = await keepingBroker();
  const topics = controllerTopics("limen", "front");
  const key = new Uint8Array(randomBytes(32));
  const token = (): string => randomBytes(16).toString("base64url");
  const machine = createDoorController(
    { prefix: "limen", controller: "front", keyId: "front-1", key, pulseMaxMs: 10_000, clockSynced: false },
    token,
  );
  const did: string[] = [];
  const come = async () => {
    const carryOut = (effects: readonly Effect[]): void => {
      for (const effect of effects) {
        if (effect.do === "publish") void controller.say(effect.topic, effect.payload, effect.retain);
        else did.push(effect.do === "note" ? `${effect.event} ${"why" in effect ? effect.why : ""}`.trim() : effect.do);
      }
    };
    // What the broker kept comes with the connection, before the controller has said anything: it waits until it has.
    const early: (() => void)[] = [];
    let isReady = false;
    const controller = await comesTo(
      broker,
      "door",
      [topics.command, topics.helloRequest],
      (topic, payload, retained) => {
        const take = (): void =>
          carryOut(
            machine.message(topic, payload, retained, { wallMs: Date.now(), monotonicMs: systemClock.monotonicMs() }),
          );
        if (isReady) take();
        else early.push(take);
      },
    );
    carryOut(machine.connected());
    isReady = true;
    for (const take of early) take();
    return controller;
  };
  const connection = await limenAt(broker, []);
  const parts = { door: "front", controller: "front", topics, key, keyId: "front-1", pulseMs: 100 };
  const door = later(await openNativeDoor({ ...parts, transport: connection, ...tools }));
  const outsider = await openOutsider(broker);
  const first = await come();
  await until("the controller is there", () => door.health().controller === "online", 20_000);
  expect(await door.open(grantNow(), NO_SIGNAL)).toMatchObject({ actuation: "acked" });
  await until("the copy is there", () => outsider.on(topics.command).length > 0, 5000);
  const copy = outsider.on(topics.command)[0]?.payload ?? "";
  await first.leave();
  await outsider.say(topics.command, copy, { qos: 1 });
  await outsider.say(topics.command, copy, { qos: 1, retain: true });
  await outsider[Symbol.asyncDispose]();
  await broker.stop("SIGTERM");
  expect((await database()).includes(copy)).toBe(true);
  await broker.restart();
  machine.tick(Number.POSITIVE_INFINITY);
  await come();
  // Two come from the session, judged as any other; one is the retained one, dropped for its flag. In what order is the broker's affair.
  await until("every copy has been turned away", () => did.filter((what) => / /.test(what)).length >= 3, 10_000);
  expect([...did].sort()).toEqual(["dropped retained", "refused bad_nonce", "refused bad_nonce", "release"]);
  const cleaner = later(await openOutsider(broker));
  await cleaner.say(topics.command, "", { retain: true });
  await until("the controller is there again", () => door.health().controller === "online", 20_000);
  expect(await door.open(grantNow(), NO_SIGNAL)).toMatchObject({ actuation: "acked" });
  expect(did.filter((what) => what === "release")).toHaveLength(2);
});
