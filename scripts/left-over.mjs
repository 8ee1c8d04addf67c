import { readFileSync, rmSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { readStamp } from "./stamp.mjs";

const POLL_MS = 100;
const GRACE_MS = 5000;

/**
 * Ends what a set-up that was killed (not stopped) left running: two `npm ci` in one folder undo each other's work. Only a
 * process group that an earlier set-up noted down and that still carries the expected name is touched. Linux only.
 * @param {string} noteFile holds {"group": number}; is removed
 * @param {string} title what the leader of the group calls itself
 * @param {AbortSignal} signal
 */
export async function stopLeftOver(noteFile, title, signal) {
  const group = readStamp(noteFile)?.["group"];
  if (typeof group === "number" && group > 1) {
    for (let waitedMs = 0; isNamed(group, title); waitedMs += POLL_MS) {
      signal.throwIfAborted();
      endGroup(group, waitedMs < GRACE_MS ? "SIGTERM" : "SIGKILL");
      await sleep(POLL_MS);
    }
  }
  rmSync(noteFile, { force: true });
}

/** @param {number} group @param {NodeJS.Signals} name */
function endGroup(group, name) {
  try {
    process.kill(-group, name);
  } catch {
    // It ended between the look and the signal.
  }
}

/** @param {number} pid @param {string} title */
function isNamed(pid, title) {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").startsWith(title);
  } catch {
    return false;
  }
}
