import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { systemClock } from "#adapters/clock/system-clock";
import { openStatusFile, readStatusFile } from "#adapters/status/status-file";
import { problemsOf } from "#core/readiness";
import type { Status } from "#ports/status-board";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "limen-status-"));
});
afterEach(() => rm(folder, { recursive: true }));

const READY: Status = {
  version: "0",
  pid: 1,
  startedAt: "2026-01-01T00:00:00.000Z",
  broker: "online",
  cameras: {
    front: { state: "streaming", code: null, restarts: 0, sight: "ok", sightSince: "2026-01-01T00:00:00.000Z" },
  },
  doors: { front: { mode: "normal", broker: "online", controller: "online", concerns: [] } },
  gallery: { people: 3, faces: 4, memoryMb: 1 },
  problems: [],
  warnings: [],
};

it("what a running daemon says can be read, follows it, and is gone with it", async () => {
  const file = join(folder, "status.json");
  let now = READY;
  const open = openStatusFile(file, () => now, systemClock);
  await expect.poll(() => readStatusFile(file), { timeout: 5000 }).toEqual(READY);
  now = { ...READY, broker: "offline", problems: ["x"] };
  await expect.poll(() => readStatusFile(file), { timeout: 5000 }).toEqual(now);
  await open[Symbol.asyncDispose]();
  expect(await readStatusFile(file)).toBeNull();
  expect(await readdir(folder)).toEqual([]);
});

it("a status nobody can understand is none", async () => {
  const file = join(folder, "status.json");
  await writeFile(file, '{"version": 1}');
  expect(await readStatusFile(file)).toBeNull();
});

it("what a daemon that was killed left behind is no status", async () => {
  const file = join(folder, "status.json");
  const child = spawn("true");
  const gone = child.pid ?? 0;
  await once(child, "exit");
  await writeFile(file, JSON.stringify({ ...READY, pid: gone }));
  expect(await readStatusFile(file)).toBeNull();
  await writeFile(file, JSON.stringify({ ...READY, pid: process.pid }));
  expect(await readStatusFile(file)).not.toBeNull();
});

it("everything that keeps a door shut is named, and nothing else", () => {
  const { cameras, doors, broker } = READY;
  expect(problemsOf({ cameras, doors, broker, people: 3 })).toEqual([]);
  expect(problemsOf({ cameras, doors, broker, people: null, clock: null, lockedOut: {} })).toEqual([]);
  expect(problemsOf({ cameras, doors, broker, people: 3, clock: "too_early" })).toEqual([
    expect.stringContaining("set it right"),
  ]);
  expect(problemsOf({ cameras, doors, broker, people: 3, records: null, stuck: [] })).toEqual([]);
  expect(
    problemsOf({ cameras, doors, broker, people: 3, records: "LIMEN_STORE_FULL", stuck: ["camera front"] }),
  ).toEqual([
    "camera front gives no sign of life: Limen has to be restarted",
    "decisions cannot be recorded (LIMEN_STORE_FULL): no door can open",
  ]);
  const bad = problemsOf({
    cameras: {
      front: { state: "down", code: "LIMEN_CAMERA_AUTH", sight: "ok" },
      yard: { state: "streaming", code: null, sight: "moved" },
      gate: { state: "streaming", code: null, sight: "blurred" },
    },
    doors: {
      front: { mode: "shadow", broker: "offline", controller: "unknown" },
      back: { mode: "normal", broker: "online", controller: "offline" },
    },
    broker: "offline",
    clock: "jumped",
    lockedOut: { back: 29_001 },
    people: 0,
  });
  expect(bad).toEqual([
    expect.stringContaining("broker"),
    expect.stringContaining("LIMEN_CAMERA_AUTH"),
    expect.stringMatching(/camera yard looks somewhere else .* turn it back/),
    expect.stringContaining("shadow"),
    expect.stringContaining("controller of door back is offline"),
    "door back opens for nobody for another 30 s: too many strangers were refused",
    expect.stringContaining("the clock was set"),
    "nobody is enrolled yet",
  ]);
});

it("the engine on the network is part of it where there is one", async () => {
  const file = join(folder, "status.json");
  const network = { leftAlone: false, spent: { day: 2, month: 3 }, saved: 4, capReached: "day" } as const;
  const now: Status = { ...READY, network };
  await using _open = openStatusFile(file, () => now, systemClock);
  await expect.poll(() => readStatusFile(file), { timeout: 5000 }).toEqual(now);
});

it("an engine on the network that fails, or may not be called any more, keeps doors shut", () => {
  const { cameras, doors, broker } = READY;
  const said = (leftAlone: boolean, capReached: string | null, isNeeded: boolean): string =>
    problemsOf({ cameras, doors, broker, people: null, network: { leftAlone, capReached, isNeeded } }).join("\n");
  expect(said(false, null, true)).toBe("");
  expect(said(true, null, true)).toContain("no door can open");
  expect(said(true, null, false)).toContain("only for people with offline_allowed");
  expect(said(false, "month", true)).toContain("as this month may have were made");
});
