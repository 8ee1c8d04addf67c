import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

type Env = Readonly<Record<string, string | undefined>>;

/** Where the set-up put models and demo files: LIMEN_CACHE_DIR, else `limen` in the user's cache folder. Same rule as scripts/. */
export function cacheDir(env: Env): string {
  const chosen = env["LIMEN_CACHE_DIR"];
  if (chosen) return resolve(chosen);
  return resolve(env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "limen");
}

/** The model list that comes with Limen. */
export const SHIPPED_MANIFEST = fileURLToPath(new URL("../config/models.json", import.meta.url));

/** Style and scripts of the console's pages. */
export const CONSOLE_FILES = fileURLToPath(new URL("../console/", import.meta.url));

export function databaseIn(dataDir: string): string {
  return join(dataDir, "limen.db");
}

/** The configuration the running daemon works with, secrets by name only. */
export function runningConfigIn(dataDir: string): string {
  return join(dataDir, "running-config.json");
}

/** What this Limen is called among others. */
export function instanceFileIn(dataDir: string): string {
  return join(dataDir, "instance");
}

/** The score that was asked for from afar. */
export function thresholdFileIn(dataDir: string): string {
  return join(dataDir, "threshold");
}

/** What Home Assistant was told of. */
export function announcedFileIn(dataDir: string): string {
  return join(dataDir, "home-assistant.json");
}

export function statusFileIn(dataDir: string): string {
  return join(dataDir, "status.json");
}
