import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "#adapters/clock/system-clock";
import { newUlid } from "#adapters/clock/ulid";
import { openHomeAssistantLock } from "#adapters/doors/home-assistant-lock";
import { openMqttDoor } from "#adapters/doors/mqtt-door";
import { tasmotaProfile } from "#adapters/doors/profiles/tasmota";
import { openMqttConnection } from "#adapters/mqtt/connection";
import { openMosquitto } from "#demo/broker";
import { FakeDoor } from "../fakes/fake-door.js";
import { RecordingLogger, RecordingMetrics } from "../fakes/quiet.js";
import { grantNow, openDoorRig } from "../fixtures/door-rig.js";
import { ENTITY, openHomeAssistantPeer, TOKEN } from "../fixtures/home-assistant-peer.js";
import { openTasmotaPeer } from "../fixtures/tasmota-peer.js";
import { until } from "../fixtures/until.js";
import { doorControllerContract } from "./door-controller.contract.js";

doorControllerContract("the fake", async () => {
  const door = new FakeDoor("front", systemClock);
  return {
    door,
    grant: grantNow,
    openings: () => door.opened.length,
    async loseController() {
      door.controller = "offline";
    },
    async [Symbol.asyncDispose]() {},
  };
});

doorControllerContract("the native door with Mosquitto and a controller", async () => {
  const rig = await openDoorRig({ pulseMs: 200 });
  await rig.ready();
  return {
    door: rig.door,
    grant: grantNow,
    openings: async () => (await rig.ledger()).filter(({ event }) => event === "opened").length,
    async loseController() {
      await rig.program().kill("SIGKILL");
      await until("the controller's will was heard", () => rig.door.health().controller === "offline", 5000);
    },
    [Symbol.asyncDispose]: rig[Symbol.asyncDispose],
  };
});

doorControllerContract("a device that checks nothing, with Mosquitto and a relay like Tasmota's", async () => {
  const opened: AsyncDisposable[] = [];
  const use = <T extends AsyncDisposable>(part: T): T => {
    opened.push(part);
    return part;
  };
  const directory = await mkdtemp(join(tmpdir(), "limen-contract-"));
  use({ [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }) });
  const broker = use(await openMosquitto({ directory }));
  const [user] = broker.users;
  const peer = use(await openTasmotaPeer({ url: broker.url, ...user, topic: "gate" }));
  const tools = { clock: systemClock, logger: new RecordingLogger(), metrics: new RecordingMetrics() };
  const profile = tasmotaProfile({ topic: "gate", relay: 1, pulseMs: 500 });
  const commandTopics = new Set(profile.commandTopics);
  const transport = use(
    await openMqttConnection({
      url: broker.url,
      ...user,
      clientId: "limen-test-control",
      name: "control",
      commandTopics,
      ...tools,
    }),
  );
  const door = use(await openMqttDoor({ door: "front", profile, pulseMs: 500, transport, newId: newUlid, ...tools }));
  const isReady = () => door.health().controller === "online" && door.health().concerns.length === 0;
  await until("the relay is there and set up", isReady, 10_000);
  return {
    door,
    grant: grantNow,
    openings: () => peer.openedAtMs.length,
    async loseController() {
      await peer.vanish();
      await until("its will was heard", () => door.health().controller === "offline", 5000);
    },
    async [Symbol.asyncDispose]() {
      for (const part of opened.reverse()) await part[Symbol.asyncDispose]();
    },
  };
});

doorControllerContract("a lock of Home Assistant's", async () => {
  const peer = await openHomeAssistantPeer(400);
  const door = await openHomeAssistantLock({
    door: "front",
    url: peer.url,
    token: () => TOKEN,
    entity: ENTITY,
    action: "unlock",
    pulseChecked: true,
    clock: systemClock,
    logger: new RecordingLogger(),
    newId: newUlid,
  });
  return {
    door,
    grant: grantNow,
    openings: peer.openings,
    async loseController() {
      peer.state = "unavailable";
      await until("Home Assistant was asked again", () => door.health().controller === "offline", 8000);
    },
    async [Symbol.asyncDispose]() {
      await door[Symbol.asyncDispose]();
      await peer[Symbol.asyncDispose]();
    },
  };
});
