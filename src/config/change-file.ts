import { rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Config } from "#config/config";
import { withKey } from "#config/edit";
import { type LoadedConfig, type LoadOptions, loadConfig } from "#config/load";
import { readText } from "#config/read-text";
import { replaceFile } from "#config/replace-file";
import { Secret } from "#config/secret";
import { findSecrets } from "#config/secret-sources";
import type { DoorMode } from "#core/policy";
import { codeOf, LimenError } from "#errors";

export interface FileChange {
  /** The text as it shall be; null = the place was not found. */
  readonly edit: (text: string) => string | null;
  /** What to do where this cannot be done. */
  readonly byHand: string;
  /** Whether the configuration, read again, says what was meant. */
  readonly isDone: (loaded: LoadedConfig) => boolean;
}

/**
 * Changes the configuration file, and nothing in it but what is meant. The new file is read as Limen would before it takes the old
 * one's place, in one step. Throws LIMEN_CONFIG_*: then the file is as it was.
 */
export async function changeConfigFile(file: string, change: FileChange, options: LoadOptions): Promise<void> {
  const before = await readText(file);
  const text = change.edit(before.text);
  const noPlace = (cause?: unknown): LimenError =>
    new LimenError("LIMEN_CONFIG_UNREADABLE", `${file} could not be changed: the place was not found`, {
      hint: change.byHand,
      cause,
    });
  if (text === null) throw noPlace();
  const check = async (draft: string): Promise<void> => {
    const loaded = await loadConfig(draft, options).catch((error: unknown) => {
      // It was YAML before: what has made it something else is the change.
      throw codeOf(error) === "LIMEN_CONFIG_SYNTAX" ? noPlace(error) : error;
    });
    if (!change.isDone(loaded)) throw noPlace();
  };
  await replaceFile(file, { text, mode: before.mode, byHand: change.byHand, check });
}

/** One key with a value in one line. */
function oneKey(path: readonly string[], value: string, isDone: (config: Config) => boolean): FileChange {
  return {
    edit: (text) => withKey(text, path, value),
    byHand: `write "${path.at(-1)}: ${value}" under ${path.slice(0, -1).join(".")} by hand`,
    isDone: ({ config }) => isDone(config),
  };
}

export function writeDoorMode(file: string, door: string, mode: DoorMode, options: LoadOptions): Promise<void> {
  const isDone = ({ doors }: Config): boolean => doors.find(({ id }) => id === door)?.mode === mode;
  return changeConfigFile(file, oneKey(["doors", door, "mode"], mode, isDone), options);
}

/** The score a match must have at least, besides what is worked out; null = only that. */
export function writeMinScore(file: string, minScore: number | null, options: LoadOptions): Promise<void> {
  const value = minScore === null ? "auto" : String(minScore);
  const isDone = ({ search }: Config): boolean => search.minScore === minScore;
  return changeConfigFile(file, oneKey(["search", "min_score"], value, isDone), options);
}

/** A camera somebody wants to use. */
export interface NewCamera {
  readonly id: string;
  /** ONVIF address or endpoint id, or an rtsp:// address without credentials. */
  readonly address: string;
  readonly username: string | null;
  readonly password: string | null;
}

/** Adds a camera, its password in secrets.yaml beside the file. Throws LIMEN_CONFIG_*: then both files are as they were. */
export async function writeCamera(file: string, camera: NewCamera, options: LoadOptions): Promise<void> {
  const { id, address, username, password } = camera;
  const secret = `${id}_camera`;
  const undo = password === null ? null : await addSecret(dirname(file), secret, password, options);
  const key = address.startsWith("rtsp") ? "rtsp" : "onvif";
  const account = username === null ? "" : `, username: ${JSON.stringify(username)}, password: !secret ${secret}`;
  const value = `{ ${key}: ${JSON.stringify(address)}${account} }`;
  const isDone = ({ cameras }: Config): boolean => cameras.some((known) => known.id === id);
  try {
    await changeConfigFile(file, oneKey(["cameras", id], value, isDone), options);
  } catch (error) {
    await undo?.();
    throw error;
  }
}

/**
 * Adds a line to secrets.yaml; what puts the file back. Throws LIMEN_CONFIG_SECRET when the name is taken, there or where a secret
 * would be found before it: the new one would never be read.
 */
async function addSecret(
  folder: string,
  name: string,
  value: string,
  { env }: LoadOptions,
): Promise<() => Promise<void>> {
  const file = join(folder, "secrets.yaml");
  const before = await readText(file).catch((error: unknown) => {
    if (codeOf(error) === "LIMEN_CONFIG_MISSING") return null;
    throw error;
  });
  const text = before?.text ?? "";
  const found = (await findSecrets(new Set([name]), { folder, env })).get(name);
  if (found instanceof Secret || new RegExp(`^"?${name}"?\\s*:`, "m").test(text))
    throw new LimenError("LIMEN_CONFIG_SECRET", `there is a secret ${name} already`, {
      hint: "choose another name for the camera",
    });
  const write = (content: string): Promise<void> =>
    replaceFile(file, { text: content, mode: 0o600, byHand: `put the password into secrets.yaml as ${name}` });
  await write(`${text}${text === "" || text.endsWith("\n") ? "" : "\n"}${name}: ${JSON.stringify(value)}\n`);
  return before === null ? () => rm(file, { force: true }) : () => write(text);
}
