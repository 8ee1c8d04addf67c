import { readFileSync, writeSync } from "node:fs";
import { loadClip } from "#demo/camera/load-clip";
import { openDiscoveryResponder } from "#demo/camera/onvif/discovery-responder";
import { type CameraSettings, parseCameraSettings } from "#demo/camera/settings";
import { openSimulatedCamera, type SimulatedCamera } from "#demo/camera/simulated-camera";
import { exitCodeOf, messageOf } from "#errors";
import { type ClosingStack, createClosingStack } from "#lifecycle";

/**
 * A camera to try Limen with, on a machine without one: `node dist/demo/camera-program.js`, settings as JSON on standard input
 * (the password must not stand in a command line). Says where it is in one JSON line on standard output.
 */
async function run(settings: CameraSettings): Promise<void> {
  const closing = createClosingStack((error) => process.stderr.write(`${messageOf(error)}\n`));
  try {
    const camera = await openCamera(settings, closing);
    const { url = null, endpoint = null } = camera.onvif ?? {};
    writeSync(1, `${JSON.stringify({ event: "ready", rtsp: camera.url, onvif: url, endpoint })}\n`);
  } catch (error) {
    await closing[Symbol.asyncDispose]();
    throw error;
  }
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.once(signal, () => void closing[Symbol.asyncDispose]()); // then nothing keeps the program
  }
}

async function openCamera(settings: CameraSettings, closing: ClosingStack): Promise<SimulatedCamera> {
  const { host, fps, username, password, name, auth, discovery, endpoint } = settings;
  const clip = await loadClip(settings.clip);
  const responder =
    discovery.length === 0 ? null : closing.own(await openDiscoveryResponder({ onAddresses: discovery }));
  const onvif = {
    ...{ port: settings.onvif_port, name, auth },
    ...(responder === null ? {} : { discovery: responder }),
    ...(endpoint === undefined ? {} : { endpoint }),
  };
  const { rtsp_port: port } = settings;
  return closing.own(await openSimulatedCamera({ clip, fps, host, port, username, password, onvif }));
}

try {
  await run(parseCameraSettings(readFileSync(0, "utf8")));
} catch (error) {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exitCode = exitCodeOf(error);
}
