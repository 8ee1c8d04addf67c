import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { SetupError } from "./setup-error.mjs";

/** What is kept in memory of a child's output; the log file, when there is one, gets everything. */
const KEPT_OUTPUT_CHARS = 256 * 1024;
/** Between asking a child to stop and killing it. */
const STOP_GRACE_MS = 5000;

const STACK_FRAME = /\bat .*:\d+:\d+\)?$/;

/**
 * @typedef {{ exitCode: number, output: string }} CommandResult exitCode 127 when the command could not be started at all
 * @typedef {{ cwd?: string, env?: NodeJS.ProcessEnv, signal: AbortSignal, timeoutMs: number, logFile?: string,
 *   neverKill?: boolean, onStart?: (pid: number) => void }} CommandOptions neverKill: only ask to stop (a package manager killed
 *   half-way needs repair); onStart: is told the process group
 */

/**
 * Runs a command to its end, without a terminal, and returns its exit code and output (both streams, in order of arrival).
 * Stops the child and everything it started when the signal fires, then throws the signal's reason.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {CommandOptions} options
 * @returns {Promise<CommandResult>}
 * @throws {SetupError} SETUP_TIMEOUT after timeoutMs
 */
export async function runCommand(command, args, options) {
  const { signal, timeoutMs } = options;
  signal.throwIfAborted();
  const deadline = AbortSignal.timeout(timeoutMs);
  const result = await finish(command, args, options, AbortSignal.any([signal, deadline]));
  signal.throwIfAborted();
  if (deadline.aborted) {
    const minutes = Math.round(timeoutMs / 60_000);
    throw new SetupError(
      "SETUP_TIMEOUT",
      `"${command} ${args.slice(0, 2).join(" ")}" did not finish within ${minutes} minutes`,
      "look at the lines below, check the network, then run the same command again",
      lastLines(result.output, 10),
    );
  }
  return result;
}

/**
 * @param {string} command
 * @param {readonly string[]} args
 * @param {CommandOptions} options
 * @param {AbortSignal} stop
 * @returns {Promise<CommandResult>}
 */
function finish(command, args, { cwd, env, logFile, neverKill, onStart }, stop) {
  return new Promise((settle) => {
    if (logFile) mkdirSync(dirname(logFile), { recursive: true });
    const log = logFile === undefined ? undefined : openSync(logFile, "w");
    let output = "";
    // A group of its own: npm, node-gyp, make and the compiler below it then stop together.
    const child = spawn(command, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"], detached: true });
    /** @param {Buffer} chunk */
    const keep = (chunk) => {
      output = (output + chunk.toString("utf8")).slice(-KEPT_OUTPUT_CHARS);
      if (log !== undefined) writeSync(log, chunk);
    };
    if (child.pid !== undefined) onStart?.(child.pid);
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    /** @type {NodeJS.Timeout | undefined} */
    let killTimer;
    const onStop = () => {
      signalGroup(child.pid, "SIGTERM");
      if (!neverKill) killTimer = setTimeout(() => signalGroup(child.pid, "SIGKILL"), STOP_GRACE_MS);
    };
    stop.addEventListener("abort", onStop, { once: true });
    /** @param {number} exitCode */
    const end = (exitCode) => {
      stop.removeEventListener("abort", onStop);
      clearTimeout(killTimer);
      if (log !== undefined) closeSync(log);
      settle({ exitCode, output });
    };
    child.once("error", (error) => {
      output += `${error.message}\n`;
      if (child.pid === undefined) end(127);
    });
    child.once("close", (code) => end(code ?? 1));
  });
}

/**
 * @param {number | undefined} pid
 * @param {NodeJS.Signals} name
 */
function signalGroup(pid, name) {
  try {
    if (pid !== undefined) process.kill(-pid, name);
  } catch {
    // Gone already, or (through sudo) another user's: waiting for it is all that is left.
  }
}

/**
 * The lines worth showing of a failed npm: it says why in the first lines after "npm error code", and a compiler says why at
 * the end.
 * @param {string} output
 * @returns {string[]} at most 16 lines
 */
export function telling(output) {
  const lines = lastLines(output, Number.POSITIVE_INFINITY);
  const code = lines.findIndex((line) => line.startsWith("npm error code"));
  const rest = lines.slice(Math.max(0, code));
  return rest.length <= 16 ? rest : [...rest.slice(0, 6), "…", ...rest.slice(-9)];
}

/**
 * @param {string} text
 * @param {number} count
 * @returns {string[]} the last lines that say something; frames of stack traces do not
 */
export function lastLines(text, count) {
  return text
    .split(/[\r\n]+/)
    .filter((line) => line.trim() !== "" && !STACK_FRAME.test(line))
    .slice(-count);
}
