import { randomBytes } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** The demo's house, as a user would write it down: config file, secrets beside it, everything in one private folder. */
export interface DemoSite {
  readonly configFile: string;
  /** Settings of the door controller's own program. */
  readonly doorSettings: string;
}

const DOOR = "front";

export interface DemoParts {
  readonly directory: string;
  readonly camera: { readonly url: string; readonly username: string; readonly password: string };
  readonly broker: { readonly url: string; readonly username: string; readonly password: string };
  readonly pulseMs: number;
}

/** Writes the files. The key that Limen and the door share is made here, and stands nowhere else. */
export async function writeDemoSite({ directory, camera, broker, pulseMs }: DemoParts): Promise<DemoSite> {
  const key = randomBytes(32);
  const secrets = { front_camera: camera.password, broker: broker.password, front_door: key.toString("hex") };
  const config = `site: { name: Demo, data_dir: data }
cameras:
  front: { rtsp: ${camera.url}, username: ${camera.username}, password: !secret front_camera }
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
  await writeFile(configFile, config, { mode: 0o600 });
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
  return { configFile, doorSettings };
}
