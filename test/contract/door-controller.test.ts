import { systemClock } from "#adapters/clock/system-clock";
import { FakeDoor } from "../fakes/fake-door.js";
import { grantNow, openDoorRig } from "../fixtures/door-rig.js";
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
