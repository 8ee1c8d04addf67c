import { closeSync, openSync } from "node:fs";
import { expect, it } from "vitest";
import { openSupervisor } from "#adapters/systemd/notify";

it("without a service manager nothing is said, and nobody watches", () => {
  const supervisor = openSupervisor({ env: {}, pid: 1 });
  expect(supervisor?.watchdogMs).toBeNull();
  supervisor?.ready();
  supervisor?.alive();
});

it("a manager that waits for words, and no socket to say them on, is told to the caller", () => {
  expect(openSupervisor({ env: { NOTIFY_SOCKET: "/run/systemd/notify" }, pid: 1 })).toBeNull();
});

it("takes no descriptor for a socket that is none, and writes to no file by mistake", () => {
  const file = openSync("/dev/null", "w");
  try {
    for (const fd of [String(file), "1", "99999", "-1", "3x", ""]) {
      expect(openSupervisor({ env: { NOTIFY_SOCKET: "/x", LIMEN_NOTIFY_FD: fd }, pid: 1 }), fd).toBeNull();
      expect(
        openSupervisor({ env: { LIMEN_NOTIFY_FD: fd, WATCHDOG_USEC: "1000" }, pid: 1 })?.watchdogMs,
        fd,
      ).toBeNull();
    }
  } finally {
    closeSync(file);
  }
});
