import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { systemClock } from "#adapters/clock/system-clock";
import { createSqliteAuditLog } from "#adapters/sqlite/audit-log";
import { openStore } from "#adapters/sqlite/database";
import { createSqliteGallery } from "#adapters/sqlite/gallery";
import { createSqliteStandingStore } from "#adapters/sqlite/standing-store";
import type { DoorEvent } from "#core/door-event";
import { instant } from "#core/instant";
import { isLockedOut, keptOf, NO_LOCK_OUT, restoredFrom } from "#core/lock-out";
import { templateOf } from "../fakes/faces";

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "limen-standing-"));
  file = join(folder, "limen.db");
});
afterEach(() => rm(folder, { recursive: true }));

const now = instant(Date.UTC(2026, 0, 15, 12));
const LOCKED = { refusedAt: [instant(now - 5), now], until: instant(now + 30_000), lengthMs: 30_000, inARow: 1 };

describe("what doors remember, in SQLite", () => {
  it("is there again when the file is opened anew", async () => {
    {
      await using store = await openStore(file);
      const standing = createSqliteStandingStore(store);
      expect(await standing.lockOut("front")).toBeNull();
      await standing.keepLockOut("front", keptOf(NO_LOCK_OUT, { nowMs: 1, now }));
      await standing.keepLockOut("front", LOCKED);
      await standing.beginStay({ personId: "ada", area: "house", since: instant(1) });
      await standing.beginStay({ personId: "ada", area: "house", since: now });
      await standing.beginStay({ personId: "ben", area: "house", since: now });
      await standing.endStay("ben", "house");
      await standing.endStay("nobody", "house");
    }
    await using store = await openStore(file);
    const standing = createSqliteStandingStore(store);
    expect(await standing.lockOut("front")).toEqual(LOCKED);
    expect(await standing.lockOut("back")).toBeNull();
    expect(await standing.stays()).toEqual([{ personId: "ada", area: "house", since: now }]);
  });

  it("survives a list that is damaged: the lock-out holds", async () => {
    await using store = await openStore(file);
    const standing = createSqliteStandingStore(store);
    for (const damage of ["{", '["x"]']) {
      await standing.keepLockOut("front", LOCKED);
      store.connection.prepare("UPDATE lock_outs SET refused_at = ?").run(damage);
      expect(await standing.lockOut("front")).toEqual({ ...LOCKED, refusedAt: [] });
    }
  });

  it("forgets where a person was with the person", async () => {
    await using store = await openStore(file);
    const standing = createSqliteStandingStore(store);
    const gallery = createSqliteGallery(store, systemClock);
    const { id } = await gallery.addPerson({ name: "Ada", collections: [], faces: [templateOf(0)] });
    await standing.beginStay({ personId: id, area: "house", since: now });
    await standing.beginStay({ personId: "known-to-an-engine", area: "house", since: now });
    await gallery.removePerson(id);
    expect((await standing.stays()).map(({ personId }) => personId)).toEqual(["known-to-an-engine"]);
  });

  it("says when the disk is full", async () => {
    await using store = await openStore(file);
    const standing = createSqliteStandingStore(store);
    store.connection.pragma(`max_page_count = ${Number(store.connection.pragma("page_count", { simple: true }))}`);
    const fill = async (): Promise<void> => {
      for (let i = 0; i < 2000; i++)
        await standing.beginStay({ personId: `person-${i}`.padEnd(200, "x"), area: "house", since: now });
    };
    await expect(fill()).rejects.toMatchObject({ code: "LIMEN_STORE_FULL" });
  });

  it("still locks the door after the process that locked it was killed at once", async () => {
    const script = join(folder, "locker.mjs");
    const dist = (name: string): string => new URL(`../../dist/${name}.js`, import.meta.url).href;
    await writeFile(
      script,
      `import { openStore } from "${dist("adapters/sqlite/database")}";
       import { createSqliteStandingStore } from "${dist("adapters/sqlite/standing-store")}";
       import { afterRefusal, DEFAULT_LOCK_OUT, keptOf, NO_LOCK_OUT } from "${dist("core/lock-out")}";
       const standing = createSqliteStandingStore(await openStore(${JSON.stringify(file)}));
       let lockOut = NO_LOCK_OUT;
       for (let i = 0; i < 5; i++) {
         lockOut = afterRefusal(lockOut, DEFAULT_LOCK_OUT, 1000);
         await standing.keepLockOut("front", keptOf(lockOut, { nowMs: 1000, now: Date.now() }));
       }
       process.kill(process.pid, "SIGKILL");`,
    );
    const child = spawn(process.execPath, [script], { stdio: ["ignore", "ignore", "inherit"] });
    expect((await once(child, "exit"))[1]).toBe("SIGKILL");
    await using store = await openStore(file);
    const kept = await createSqliteStandingStore(store).lockOut("front");
    const here = { nowMs: systemClock.monotonicMs(), now: instant((kept?.until ?? 0) - 20_000) };
    const restored = restoredFrom(kept ?? keptOf(NO_LOCK_OUT, here), here, true);
    expect(isLockedOut(restored, here.nowMs + 19_999)).toBe(true);
    expect(isLockedOut(restored, here.nowMs + 20_000)).toBe(false);
  });
});

it("what happened at a door is kept beside the decisions, in order, and never changes", async () => {
  await using store = await openStore(file);
  const audit = createSqliteAuditLog(store);
  const events: DoorEvent[] = [
    { id: "a", at: now, door: "front", kind: "locked_out", lengthMs: 30_000 },
    { id: "b", at: now, door: "back", kind: "request_to_exit" },
    { id: "c", at: now, door: "front", kind: "anti_passback", personId: "ada" },
  ];
  for (const event of events) await audit.note(event);
  expect(await audit.events({ limit: 10 })).toEqual([...events].reverse());
  expect((await audit.events({ limit: 1, door: "front" })).map(({ id }) => id)).toEqual(["c"]);
  expect(() => store.connection.exec("UPDATE door_events SET door = 'x'")).toThrow(/never change/);
  await expect(audit.note({ id: "a", at: now, door: "front", kind: "request_to_exit" })).rejects.toMatchObject({
    code: "LIMEN_STORE_FAILED",
  });
});
