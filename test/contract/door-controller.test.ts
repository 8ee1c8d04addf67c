import { systemClock } from "#adapters/clock/system-clock";
import { newUlid } from "#adapters/clock/ulid";
import { openHomeAssistantLock } from "#adapters/doors/home-assistant-lock";
import { FakeDoor } from "../fakes/fake-door.js";
import { RecordingLogger } from "../fakes/quiet.js";
import { grantNow, openDoorRig } from "../fixtures/door-rig.js";
import { ENTITY, openHomeAssistantPeer, TOKEN } from "../fixtures/home-assistant-peer.js";
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
