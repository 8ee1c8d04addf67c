import { randomBytes } from "node:crypto";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadConfig } from "#config/load";
import { LimenError } from "#errors";

/** Files of a configuration folder of its own, gone when disposed. */
export interface ConfigFolder extends AsyncDisposable {
  readonly path: string;
  /** Path of the file in it that is called so. */
  file(name: string): string;
  write(name: string, content: string | Uint8Array, mode?: number): Promise<string>;
}

export async function openConfigFolder(): Promise<ConfigFolder> {
  const path = await mkdtemp(join(tmpdir(), "limen-config-"));
  return {
    path,
    file: (name) => join(path, name),
    write: async (name, content, mode = 0o600) => {
      const file = join(path, name);
      await writeFile(file, content);
      await chmod(file, mode);
      return file;
    },
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  };
}

export function randomKey(): string {
  return randomBytes(32).toString("hex");
}

/** The smallest file that describes a door, with its key by name. */
export const SMALL = `site: { name: Studio, time_zone: Europe/Berlin, data_dir: /var/lib/limen }
cameras:
  front: { rtsp: rtsp://192.168.1.20:554/sub, username: limen, password: !secret front_camera }
doors:
  front:
    camera: front
    collection: staff
    controller: { profile: limen_native, key: !secret front_door, pulse: 3s }
    mode: shadow
`;

/** An environment that has every secret of SMALL. */
export function smallEnvironment(): Record<string, string> {
  return { LIMEN_SECRET_FRONT_CAMERA: "camera-password", LIMEN_SECRET_FRONT_DOOR: randomKey() };
}

/** What loading this text is refused with. */
export async function refusalOf(
  folder: ConfigFolder,
  text: string | Uint8Array,
  env: Readonly<Record<string, string>> = smallEnvironment(),
): Promise<LimenError> {
  return refusalOfFile(await folder.write("bad.yaml", text), env);
}

export async function refusalOfFile(
  file: string,
  env: Readonly<Record<string, string>> = smallEnvironment(),
): Promise<LimenError> {
  try {
    await loadConfig(file, { env });
  } catch (error) {
    if (error instanceof LimenError) return error;
    throw error;
  }
  throw new Error("the file was taken");
}

/** `line:column rest` of every problem in the message, without the folder. */
export function problemsIn(error: LimenError): string[] {
  return error.message
    .split("\n")
    .slice(1)
    .map((line) => line.replace(/^.*bad\.yaml:/, ""));
}
