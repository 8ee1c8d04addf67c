import { systemClock } from "#adapters/clock/system-clock";
import { createOnvifDirectory } from "#adapters/onvif/directory";
import { FakeDirectory, resolvedAt } from "../fakes/fake-directory.js";
import { honest, startResponder } from "../fixtures/discovery-responder.js";
import { startOnvifDevice } from "../fixtures/onvif-device.js";
import { cameraDirectoryContract } from "./camera-directory.contract.js";

cameraDirectoryContract("the fake", async () => {
  const directory = new FakeDirectory();
  directory.found = {
    cameras: [
      {
        endpoint: "urn:uuid:front-camera",
        address: "10.0.0.7",
        name: "",
        make: "",
        model: "",
        reach: "needs_password",
        clockSkewMs: 0,
      },
    ],
    searched: ["eth0 10.0.0.1/24"],
    refused: 0,
  };
  directory.cameras = { "urn:uuid:front-camera": { password: "right", resolved: resolvedAt("10.0.0.7") } };
  return { directory, logins: () => directory.logins, async [Symbol.asyncDispose]() {} };
});

cameraDirectoryContract("ONVIF, with a device and a responder on loopback", async () => {
  const device = await startOnvifDevice({ username: "limen", password: "right" });
  const net = await startResponder();
  net.say(
    honest({
      endpoint: "urn:uuid:front-camera",
      xaddrs: `http://127.0.0.1:${device.port}/onvif/device_service`,
    }),
  );
  return {
    directory: createOnvifDirectory({
      clock: systemClock,
      target: net,
      from: [{ name: "lo", address: "127.0.0.1", netmask: "255.0.0.0" }],
      locateMs: 1_000,
    }),
    logins: () => device.asked.filter(({ hadLogin }) => hadLogin).length,
    async [Symbol.asyncDispose]() {
      await net[Symbol.asyncDispose]();
      await device[Symbol.asyncDispose]();
    },
  };
});
