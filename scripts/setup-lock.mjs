import { existsSync, mkdirSync, readFileSync, readlinkSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { SetupError } from "./setup-error.mjs";

const POLL_MS = 500;
/** Longer than a whole first run on a small board. */
const WAIT_MS = 30 * 60_000;

/**
 * Lets one set-up at a time work on a cache folder: two `npm ci` in one clone destroy each other's files. The lock of a set-up
 * that died is taken over.
 * @param {string} cache
 * @param {{ signal: AbortSignal, onWait: (pid: number) => void, waitMs?: number }} options onWait is called once
 * @returns {Promise<() => void>} gives the lock back; harmless to call twice
 * @throws {SetupError} SETUP_BUSY when the other one does not end within waitMs
 */
export async function takeLock(cache, { signal, onWait, waitMs = WAIT_MS }) {
  mkdirSync(cache, { recursive: true });
  const path = join(cache, "setup.lock");
  const giveUpAtMs = performance.now() + waitMs;
  let told = false;
  for (;;) {
    signal.throwIfAborted();
    if (tryTake(path)) return () => release(path);
    const holder = holderOf(path);
    if (holder === undefined || !isSetUpRunning(holder)) {
      rmSync(path, { force: true });
      continue;
    }
    if (!told) onWait(holder);
    told = true;
    if (performance.now() > giveUpAtMs) {
      throw new SetupError(
        "SETUP_BUSY",
        `another set-up (process ${holder}) is still working`,
        `wait for it to end, or stop it with "kill ${holder}", then run the same command again`,
      );
    }
    await sleep(POLL_MS, undefined, { signal }).catch(() => {});
  }
}

/** A symbolic link appears with its content or not at all, so nobody ever reads a lock without an owner. @param {string} path */
function tryTake(path) {
  try {
    symlinkSync(String(process.pid), path);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  }
}

/** @param {string} path */
function release(path) {
  if (holderOf(path) === process.pid) rmSync(path, { force: true });
}

/** @param {string} path @returns {number | undefined} */
function holderOf(path) {
  try {
    const pid = Number.parseInt(readlinkSync(path), 10);
    return Number.isInteger(pid) && pid > 0 ? pid : undefined;
  } catch {
    return undefined;
  }
}

/** A number is not enough: after a restart (of a container above all) another program may have it. @param {number} pid */
function isSetUpRunning(pid) {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
  if (!existsSync("/proc/self/cmdline")) return true;
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("setup.mjs");
  } catch {
    return false;
  }
}
