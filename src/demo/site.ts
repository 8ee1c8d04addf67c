import { randomBytes } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** The demo's house, as a user would write it down: config file, secrets beside it, everything in one private folder. */
export interface DemoSite {
  readonly configFile: string;
  /** Settings of the door controller's own program. */
  readonly doorSettings: string;
  /** Config of the search server of its own; null when the daemon searches by itself. */
  readonly serverConfigFile: string | null;
  readonly console: { readonly url: string; readonly password: string } | null;
}

const DOOR = "front";

/** The demo's camera, as it was found. */
export interface DemoCamera {
  /** rtsp://host:port/path, without credentials. */
  readonly url: string;
  readonly username: string;
  readonly password: string;
  /** host:port of its ONVIF service, when it has one: the daemon then asks it for the stream. */
  readonly onvif?: string;
}

export interface DemoParts {
  readonly directory: string;
  readonly camera: DemoCamera;
  readonly broker: { readonly url: string; readonly username: string; readonly password: string };
  readonly pulseMs: number;
  /** Port for a search server of its own, which the daemon then asks; null = the daemon searches by itself. */
  readonly serverPort: number | null;
  /** What moves the lock. */
  readonly controller?: DemoController;
  /** Port for the console; none without it. */
  readonly consolePort?: number | null;
}

/** Controllers the demo can have: Limen's own protocol, or a simulated device. */
export const DEMO_CONTROLLERS = ["limen_native", "tasmota", "shelly_gen2", "zigbee2mqtt_lock", "esphome_lock"] as const;
export type DemoController = (typeof DEMO_CONTROLLERS)[number];

/** How the configuration names it, and the settings of the program that plays it. */
function controllerParts(
  controller: DemoController,
  { broker, pulseMs, key }: { broker: DemoParts["broker"]; pulseMs: number; key: Buffer },
): { readonly entry: string; readonly settings: object } {
  const device = `${DOOR}_door`;
  switch (controller) {
    case "limen_native":
      return {
        entry: "key: !secret front_door",
        settings: { ...broker, controller: DOOR, key_id: `${DOOR}-1`, key: key.toString("base64url") },
      };
    case "tasmota":
      return { entry: `topic: ${device}`, settings: { ...broker, kind: controller, topic: device } };
    case "shelly_gen2":
      return { entry: `prefix: ${device}`, settings: { ...broker, kind: controller, prefix: device } };
    case "zigbee2mqtt_lock":
      return {
        entry: `device: ${device}, pulse_checked: true`,
        settings: { ...broker, kind: controller, device, relock_ms: pulseMs },
      };
    case "esphome_lock":
      return {
        entry: `prefix: ${device}, lock: strike, pulse_checked: true`,
        settings: { ...broker, kind: controller, prefix: device, lock: "strike", relock_ms: pulseMs },
      };
  }
}

function cameraEntry({ url, onvif }: DemoCamera): string {
  return onvif === undefined ? `rtsp: ${url}` : `onvif: ${onvif}`;
}

/** Writes the files. The key that Limen and the door share is made here, and stands nowhere else. */
export async function writeDemoSite(parts: DemoParts): Promise<DemoSite> {
  const { directory, camera, broker, pulseMs, serverPort, controller = "limen_native", consolePort = null } = parts;
  const password = randomBytes(9).toString("base64url");
  const key = randomBytes(32);
  const { entry, settings } = controllerParts(controller, { broker, pulseMs, key });
  const secrets = {
    front_camera: camera.password,
    broker: broker.password,
    front_door: key.toString("hex"),
    engine: randomBytes(32).toString("hex"),
    ...(consolePort === null ? {} : { console: password }),
  };
  const config = `site: { name: Demo, data_dir: data }
cameras:
  front: { ${cameraEntry(camera)}, username: ${camera.username}, password: !secret front_camera }
doors:
  ${DOOR}:
    camera: front
    collection: staff
    controller: { profile: ${controller}, ${entry}, pulse: ${pulseMs}ms }
    mode: normal
mqtt: { url: "${broker.url}", username: ${broker.username}, password: !secret broker }
${consolePort === null ? "" : `http: { listen: "127.0.0.1:${consolePort}", password: !secret console }\n`}`;
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const configFile = join(directory, "limen.yaml");
  const serverConfigFile = serverPort === null ? null : join(directory, "server.yaml");
  const asking = `search:
  engine: verifik
  min_score: 0.83
  verifik: { url: "http://127.0.0.1:${serverPort}", token: !secret engine }
`;
  const answering = `api:
  listen: 127.0.0.1:${serverPort}
  tokens: { door: { token: !secret engine, scopes: [search] } }
`;
  await writeFile(configFile, serverPort === null ? config : config + asking, { mode: 0o600 });
  if (serverConfigFile !== null) await writeFile(serverConfigFile, config + answering, { mode: 0o600 });
  const lines = Object.entries(secrets).map(([name, value]) => `${name}: "${value}"\n`);
  await writeFile(join(directory, "secrets.yaml"), lines.join(""), { mode: 0o600 });
  const doorSettings = JSON.stringify(settings);
  const console = consolePort === null ? null : { url: `http://127.0.0.1:${consolePort}`, password };
  return { configFile, serverConfigFile, doorSettings, console };
}
