import { fstatSync, writeSync } from "node:fs";
import type { Supervisor } from "#ports/supervisor";

/** Where the launcher left the socket to the service manager (systemd/limen-launch). */
const FD_VARIABLE = "LIMEN_NOTIFY_FD";

interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly pid: number;
}

/** A whole number that is written as one; null for anything else. */
function wholeOf(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : null;
}

function isSocket(fd: number): boolean {
  try {
    return fstatSync(fd).isSocket();
  } catch {
    return false;
  }
}

/** Ms of the watchdog that is meant for this process. */
function watchdogMsOf({ env, pid }: Surroundings): number | null {
  const us = wholeOf(env["WATCHDOG_USEC"]);
  const forPid = wholeOf(env["WATCHDOG_PID"]);
  return us === null || us === 0 || (forPid !== null && forPid !== pid) ? null : us / 1000;
}

/**
 * The service manager, over the connected datagram socket that the launcher passed on: Node itself knows no such sockets, but a
 * write to one that is there is a message. The socket does not block; a message that finds the queue full is lost, and the next is
 * a quarter of the watchdog's period away. Without such a socket nobody listens, and nothing is said.
 * Null when the manager waits for messages that cannot be sent, because the program was started without the launcher.
 */
export function openSupervisor(around: Surroundings): Supervisor | null {
  const { env } = around;
  const fd = wholeOf(env[FD_VARIABLE]);
  const canSpeak = fd !== null && fd > 2 && isSocket(fd);
  const isAwaited = (env["NOTIFY_SOCKET"] ?? "") !== "";
  if (!canSpeak && isAwaited) return null;
  const send = (message: string): void => {
    if (!canSpeak) return;
    try {
      writeSync(fd, message);
    } catch {
      // The queue is full or the manager is gone; neither is a reason to do anything else.
    }
  };
  return {
    watchdogMs: canSpeak ? watchdogMsOf(around) : null,
    ready: () => send("READY=1"),
    alive: () => send("WATCHDOG=1"),
    // One line, and short: more is cut by the manager.
    says: (line) => send(`STATUS=${line.replaceAll(/[\r\n]+/g, " ").slice(0, 200)}`),
    stopping: () => send("STOPPING=1"),
  };
}
