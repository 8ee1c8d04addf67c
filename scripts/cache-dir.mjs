import { homedir } from "node:os";
import { join, resolve } from "node:path";

/**
 * Where downloads and the set-up's own notes live: outside the clone, so that several clones share them and `git clean` keeps them.
 * @param {NodeJS.ProcessEnv} env
 * @returns {string} absolute path, possibly not existing yet
 */
export function cacheDir(env) {
  const chosen = env["LIMEN_CACHE_DIR"];
  if (chosen) return resolve(chosen);
  return resolve(env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "limen");
}
