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
}

function cameraEntry({ url, onvif }: DemoCamera): string {
  return onvif === undefined ? `rtsp: ${url}` : `onvif: ${onvif}`;
}

/** Writes the files. The key that Limen and the door share is made here, and stands nowhere else. */
export async function writeDemoSite({ directory, camera, broker, pulseMs, serverPort }: DemoParts): Promise<DemoSite> {
  const key = randomBytes(32);
  const secrets = {
    front_camera: camera.password,
    broker: broker.password,
    front_door: key.toString("hex"),
    engine: randomBytes(32).toString("hex"),
  };
  const config = `site: { name: Demo, data_dir: data }
cameras:
  front: { ${cameraEntry(camera)}, username: ${camera.username}, password: !secret front_camera }
doors:
  ${DOOR}:
    camera: front
    collection: staff
    controller: { profile: limen_native, key: !secret front_door, pulse: ${pulseMs}ms }
    mode: normal
mqtt: { url: "${broker.url}", username: ${broker.username}, password: !secret broker }
`;
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
  const doorSettings = JSON.stringify({
    url: broker.url,
    username: broker.username,
    password: broker.password,
    controller: DOOR,
    key_id: `${DOOR}-1`,
    key: key.toString("base64url"),
  });
  return { configFile, serverConfigFile, doorSettings };
}
