import { createHash } from "node:crypto";
import { existsSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { classifyNpmFailure } from "./command-failure.mjs";
import { stopLeftOver } from "./left-over.mjs";
import { inStep } from "./progress.mjs";
import { lastLines, runCommand, telling } from "./run-command.mjs";
import { SetupError } from "./setup-error.mjs";
import { asRecord, readStamp, writeStamp } from "./stamp.mjs";
import { COMPILER_COMMAND } from "./system-tools.mjs";

/** Opens each package that has a compiled part, the one thing `npm ci` can leave unusable without saying so. */
const NATIVE_CHECK = `
const wanted = Object.keys(require("./package.json").dependencies ?? {});
if (wanted.includes("better-sqlite3")) new (require("better-sqlite3"))(":memory:").close();
if (wanted.includes("sharp")) require("sharp");
if (wanted.includes("onnxruntime-node")) require("onnxruntime-node");
`;

/**
 * @typedef {{ root: string, env: NodeJS.ProcessEnv, signal: AbortSignal }} InstallPlace
 */

/** @param {string} root @returns {string} */
function stampPath(root) {
  return join(root, "node_modules", ".limen-setup.json");
}

/**
 * What an installation depends on: change one, and it has to be done again.
 * @param {string} lockText content of package-lock.json
 * @param {{ abi: string, platform: string, arch: string }} runtime abi as in process.versions.modules
 * @returns {{ lock: string, abi: string, platform: string, arch: string }}
 */
export function installKey(lockText, { abi, platform, arch }) {
  return { lock: createHash("sha256").update(lockText).digest("hex"), abi, platform, arch };
}

/** @param {string} root */
function currentKey(root) {
  const runtime = { abi: process.versions.modules, platform: process.platform, arch: process.arch };
  return installKey(readFileSync(join(root, "package-lock.json"), "utf8"), runtime);
}

/**
 * Whether `npm ci` has to run. An installation made by hand counts when npm's own record of it matches the lockfile and its
 * compiled packages load in this Node.
 * @param {InstallPlace} place
 * @returns {Promise<boolean>}
 */
export async function needsInstall({ root, env, signal }) {
  const key = currentKey(root);
  const stamp = readStamp(stampPath(root));
  if (stamp !== undefined && JSON.stringify(stamp) === JSON.stringify(key)) return false;
  const installed = readStamp(join(root, "node_modules", ".package-lock.json"));
  if (installed === undefined || !covers(installed, readStamp(join(root, "package-lock.json")) ?? {})) return true;
  if ((await checkNative({ root, env, signal })).exitCode !== 0) return true;
  writeStamp(stampPath(root), key);
  return false;
}

/**
 * @param {Record<string, unknown>} installed npm's hidden lockfile in node_modules
 * @param {Record<string, unknown>} lock package-lock.json
 * @returns {boolean} whether every package of the lockfile that this platform needs is installed in the locked version
 */
export function covers(installed, lock) {
  const have = asRecord(installed["packages"]) ?? {};
  return Object.entries(asRecord(lock["packages"]) ?? {}).every(([path, entry]) => {
    const wanted = asRecord(entry);
    if (path === "" || wanted === undefined) return true;
    const found = asRecord(have[path]);
    if (found === undefined) return wanted["optional"] === true;
    return found["version"] === wanted["version"] && found["integrity"] === wanted["integrity"];
  });
}

/**
 * Runs `npm ci` and checks that the result works. The stamp is written last, so an interrupted run is done again.
 * @param {InstallPlace & { logFile: string, progress: import("./progress.mjs").Progress }} options
 * @throws {SetupError} SETUP_NETWORK, SETUP_COMPILER_MISSING, SETUP_DISK, SETUP_HASH, SETUP_PERMISSION, SETUP_INSTALL
 */
export async function install({ root, env, signal, logFile, progress }) {
  const key = currentKey(root);
  const what = "npm ci (1 to 3 minutes, most of it silent while SQLite is compiled)";
  await inStep(progress, "npm packages", what, async () => {
    const noteFile = join(dirname(logFile), "npm-ci.json");
    await stopLeftOver(noteFile, "npm ci", signal);
    rmSync(stampPath(root), { force: true });
    const ci = await runCommand("npm", ["ci"], {
      cwd: root,
      env: { ...env, ...headersBesideNode(env) },
      signal,
      timeoutMs: 45 * 60_000,
      logFile,
      onStart: (group) => writeStamp(noteFile, { group }),
    });
    rmSync(noteFile, { force: true });
    const details = [...telling(ci.output), `(all of it is in ${logFile})`];
    if (ci.exitCode !== 0) {
      throw classifyNpmFailure(ci.output, { task: "npm ci", compilerCommand: COMPILER_COMMAND, details });
    }
    const check = await checkNative({ root, env, signal });
    if (check.exitCode !== 0) {
      const hint =
        'remove the folder node_modules and run the same command again; "npm config get ignore-scripts" must say false';
      throw new SetupError("SETUP_INSTALL", "a compiled package does not load", hint, lastLines(check.output, 10));
    }
    writeStamp(stampPath(root), key);
  });
}

/** @param {InstallPlace} place */
function checkNative({ root, env, signal }) {
  const args = ["--input-type=commonjs", "-e", NATIVE_CHECK];
  // onnxruntime collects usage data from the moment it is loaded, unless it is told not to.
  const quiet = { ...env, ORT_DISABLE_TELEMETRY: "1" };
  return runCommand(process.execPath, args, { cwd: root, env: quiet, signal, timeoutMs: 60_000 });
}

/**
 * node-gyp downloads Node's headers even when they lie beside node; this variable tells it. (In .npmrc it would break Nodes
 * installed elsewhere.)
 * @param {NodeJS.ProcessEnv} env
 * @param {string} [execPath]
 * @returns {Record<string, string>}
 */
export function headersBesideNode(env, execPath = process.execPath) {
  const prefix = dirname(dirname(realpathSync(execPath)));
  const known = env["npm_config_nodedir"];
  if (known || !existsSync(join(prefix, "include", "node", "node_api.h"))) return {};
  return { npm_config_nodedir: prefix };
}
