import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { classifyAptFailure } from "./command-failure.mjs";
import { inStep } from "./progress.mjs";
import { lastLines, runCommand } from "./run-command.mjs";
import { SetupError } from "./setup-error.mjs";

/**
 * @typedef {{ name: string, packages: readonly string[], compilerOnly: boolean }} Tool
 * @typedef {{ missing: readonly Tool[], apt: boolean, may: "root" | "sudo" | "no" }} ToolFacts
 * @typedef {{ kind: "nothing" } | { kind: "install", packages: string[], asRoot: boolean } | { kind: "stop", error: SetupError }} ToolPlan
 */

/** @type {readonly Tool[]} */
const TOOLS = [
  { name: "ffmpeg", packages: ["ffmpeg"], compilerOnly: false },
  { name: "mosquitto", packages: ["mosquitto"], compilerOnly: false },
];

/** The console's pages are tested in a real browser, the service under a real systemd, and whom the daemon calls by watching it. */
/** @type {readonly Tool[]} */
const TEST_TOOLS = [
  { name: "chromium", packages: ["chromium"], compilerOnly: false },
  { name: "systemd-analyze", packages: ["systemd"], compilerOnly: false },
  { name: "strace", packages: ["strace"], compilerOnly: false },
];

/** Needed while npm packages are installed: better-sqlite3 compiles itself where no ready-made binary can be fetched. */
/** @type {readonly Tool[]} */
const COMPILER_TOOLS = [
  { name: "python3", packages: ["python3"], compilerOnly: true },
  { name: "make", packages: ["make"], compilerOnly: true },
  { name: "g++", packages: ["g++"], compilerOnly: true },
];

/**
 * Wait for another apt to finish instead of failing; and take "g++" for a name: while apt knows no package of that name, it
 * would otherwise read it as a pattern and pick everything with a g in it.
 */
const APT_OPTIONS = ["-o", "DPkg::Lock::Timeout=120", "-o", "APT::Cmd::Pattern-Only=true"];

/** Debian keeps daemons such as mosquitto where a plain user's PATH does not look. */
const SBIN = ["/usr/local/sbin", "/usr/sbin", "/sbin"];

export const COMPILER_COMMAND = installCommand(COMPILER_TOOLS.flatMap((tool) => tool.packages));

/** @param {NodeJS.ProcessEnv} env @returns {string[]} the folders commands are looked for in */
export function searchPath(env) {
  return [...(env["PATH"] ?? "").split(delimiter).filter(Boolean), ...SBIN];
}

/**
 * @param {string} name
 * @param {readonly string[]} folders
 * @returns {boolean} whether an executable of that name lies in one of the folders
 */
function hasCommand(name, folders) {
  return folders.some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/**
 * @param {{ compile: boolean, tests: boolean, extra: readonly Tool[], folders: readonly string[] }} wanted
 *   compile: npm packages will be installed; tests: the tests will be run
 * @returns {Tool[]} the tools not found, and those in `extra` (which their own probe found missing)
 */
export function missingTools({ compile, tests, extra, folders }) {
  const tools = [...TOOLS, ...(tests ? TEST_TOOLS : []), ...(compile ? COMPILER_TOOLS : [])];
  return [...tools.filter((tool) => !hasCommand(tool.name, folders)), ...extra];
}

/**
 * Decides what to do about missing tools. A missing compiler alone stops nobody who may not install one: with internet access
 * a ready-made binary comes instead, and if not, the npm step says so.
 * @param {ToolFacts} facts
 * @returns {ToolPlan}
 */
export function planTools({ missing, apt, may }) {
  const blocking = missing.filter((tool) => !tool.compilerOnly);
  if (missing.length === 0) return { kind: "nothing" };
  const packages = missing.flatMap((tool) => tool.packages);
  if (apt && may !== "no") return { kind: "install", packages, asRoot: may === "root" };
  if (blocking.length === 0) return { kind: "nothing" };
  const names = blocking.map((tool) => tool.name).join(", ");
  const message = `these programs are missing and set-up may not install them: ${names}`;
  const noApt =
    "install them with this system's own package manager so that they are on PATH, then run the same command again";
  const hint = apt
    ? `run this (or have it run by whoever may), then the same command again:\n    ${installCommand(packages)}`
    : noApt;
  return { kind: "stop", error: new SetupError("SETUP_TOOL_MISSING", message, hint) };
}

/**
 * @param {readonly string[]} packages Debian package names
 * @returns {string} what a person types
 */
export function installCommand(packages) {
  return `sudo apt-get update && sudo apt-get install -y --no-install-recommends ${packages.join(" ")}`;
}

/**
 * Installs what is missing where that is allowed, and says what to type where it is not.
 * @param {{ missing: readonly Tool[], folders: readonly string[], isRoot: boolean, env: NodeJS.ProcessEnv, logFile: string,
 *   signal: AbortSignal, progress: import("./progress.mjs").Progress }} options
 * @throws {SetupError} SETUP_TOOL_MISSING, SETUP_TOOL_INSTALL, SETUP_NETWORK, SETUP_DISK
 */
export async function ensureTools({ missing, folders, isRoot, env, logFile, signal, progress }) {
  if (missing.length === 0) return;
  const sudo = !isRoot && hasCommand("sudo", folders) && (await sudoAsksNothing(env, signal));
  const plan = planTools({ missing, apt: hasCommand("apt-get", folders), may: isRoot ? "root" : sudo ? "sudo" : "no" });
  if (plan.kind === "nothing") return;
  if (plan.kind === "stop") throw plan.error;
  const list = plan.packages.join(" ");
  await inStep(progress, "system packages", `installing ${list} (up to 2 minutes)`, async () => {
    const prefix = plan.asRoot ? ["env"] : ["sudo", "-n", "env"];
    const apt = [...prefix, "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", ...APT_OPTIONS];
    const options = { env, signal, timeoutMs: 30 * 60_000, neverKill: true };
    // One unreachable repository of many makes `update` fail although the packages are to be had: only `install` decides.
    const update = await run([...apt, "update"], options);
    const installed = await run([...apt, "install", "-y", "--no-install-recommends", ...plan.packages], {
      ...options,
      logFile,
    });
    if (installed.exitCode === 0) return;
    const output = update.output + installed.output;
    throw classifyAptFailure(output, installCommand(plan.packages), lastLines(output, 10));
  });
}

/**
 * @param {readonly string[]} line
 * @param {import("./run-command.mjs").CommandOptions} options
 */
function run([command = "", ...args], options) {
  return runCommand(command, args, options);
}

/** @param {NodeJS.ProcessEnv} env @param {AbortSignal} signal */
async function sudoAsksNothing(env, signal) {
  return (await runCommand("sudo", ["-n", "true"], { env, signal, timeoutMs: 20_000 })).exitCode === 0;
}
