import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, open, readFile, rm, stat, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import SqliteDatabase from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { systemClock } from "#adapters/clock/system-clock";
import { createSqliteAuditLog } from "#adapters/sqlite/audit-log";
import { openStore } from "#adapters/sqlite/database";
import { createSqliteGallery } from "#adapters/sqlite/gallery";
import { createSqliteGalleryAdmin } from "#adapters/sqlite/gallery-admin";
import { MIGRATIONS } from "#adapters/sqlite/migrations";
import type { DecisionRecord } from "#core/decision-record";
import { instant } from "#core/instant";
import { decisionRecord } from "../fakes/decision-records";
import { templateOf } from "../fakes/faces";

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "limen-store-"));
  file = join(folder, "data", "limen.db");
});
afterEach(() => rm(folder, { recursive: true }));

const record = (id: string, changes: Partial<DecisionRecord> = {}): DecisionRecord =>
  decisionRecord({ id, result: "deny", reason: "unknown_person", personId: null, ...changes });

describe("the store", () => {
  it("is readable by its owner alone", async () => {
    await using _ = await openStore(file);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await stat(join(folder, "data"))).mode & 0o777).toBe(0o700);
  });

  it("writes ahead and waits for the disk", async () => {
    await using store = await openStore(file);
    expect(store.connection.pragma("journal_mode", { simple: true })).toBe("wal");
    expect(store.connection.pragma("synchronous", { simple: true })).toBe(2);
  });

  it("lists decisions newest first, with the newest outcome and the person's name", async () => {
    await using store = await openStore(file);
    const audit = createSqliteAuditLog(store);
    const ada = await createSqliteGallery(store, systemClock).addPerson({
      name: "Ada",
      collections: [],
      faces: [templateOf(0)],
    });
    expect(await audit.append(record("a"))).toBe(1);
    expect(await audit.append(record("b", { door: "back", result: "grant", reason: "ok", personId: ada.id }))).toBe(2);
    for (const actuation of ["sent", "acked"] as const) {
      await audit.amend({ decisionId: "b", at: instant(5), actuation, why: "ok", commandId: "c", latencyMs: 240 });
    }
    expect(await audit.list({ limit: 10 })).toMatchObject([
      { sequence: 2, personName: "Ada", outcome: { actuation: "acked", latencyMs: 240 } },
      { sequence: 1, personName: null, outcome: null, record: record("a") },
    ]);
    expect(await audit.list({ limit: 10, door: "back" })).toHaveLength(1);
    expect(await audit.list({ limit: 1 })).toHaveLength(1);
  });

  it("never lets a decision change, and never takes the same one twice", async () => {
    await using store = await openStore(file);
    const audit = createSqliteAuditLog(store);
    await audit.append(record("a"));
    await expect(audit.append(record("a"))).rejects.toMatchObject({ code: "LIMEN_STORE_FAILED" });
    expect(() => store.connection.exec("UPDATE decisions SET door = 'x'")).toThrow(/never change/);
  });

  it("says when another program holds it, and goes on when it is free", async () => {
    await using store = await openStore(file);
    store.connection.pragma("busy_timeout = 50");
    const other = new SqliteDatabase(file);
    other.exec("BEGIN IMMEDIATE");
    const audit = createSqliteAuditLog(store);
    await expect(audit.append(record("a"))).rejects.toMatchObject({
      code: "LIMEN_STORE_LOCKED",
      hint: expect.stringContaining("another program"),
    });
    other.exec("ROLLBACK");
    other.close();
    expect(await audit.append(record("a"))).toBe(1);
  });

  it("says when there is no room, keeps what it had, and goes on when there is room", async () => {
    await using store = await openStore(file);
    const audit = createSqliteAuditLog(store);
    const pages = Number(store.connection.pragma("page_count", { simple: true }));
    store.connection.pragma(`max_page_count = ${pages + 2}`);
    let kept = 0;
    let refused: unknown;
    for (let i = 0; i < 500 && refused === undefined; i++) {
      try {
        await audit.append(record(`r${i}`));
        kept++;
      } catch (error) {
        refused = error;
      }
    }
    expect(refused).toMatchObject({ code: "LIMEN_STORE_FULL" });
    expect(await audit.list({ limit: 10_000 })).toHaveLength(kept);
    store.connection.pragma("max_page_count = 100000");
    await audit.append(record("later"));
    expect(await audit.list({ limit: 10_000 })).toHaveLength(kept + 1);
  });

  it.each([
    [
      "is no database at all",
      async () => writeFile(file, "this is not a database, but it is long enough to be read as one".repeat(50)),
    ],
    [
      "was damaged in the middle",
      async () => {
        const handle = await open(file, "r+");
        const { size } = await handle.stat();
        for (let at = 4096; at < size; at += 4096) await handle.write(Buffer.alloc(2048, 0xa5), 0, 2048, at);
        await handle.close();
      },
    ],
    ["was cut short", async () => truncate(file, 6000)],
  ])("refuses a file that %s, says what to do, and leaves it as it is", async (_, damage) => {
    await using store = await openStore(file);
    const gallery = createSqliteGallery(store, systemClock);
    for (let i = 0; i < 20; i++)
      await gallery.addPerson({ name: `P${i}`, collections: ["staff"], faces: [templateOf(i, "m", 512)] });
    await store[Symbol.asyncDispose]();
    await damage();
    const before = await readFile(file);
    await expect(openStore(file)).rejects.toMatchObject({
      code: "LIMEN_STORE_CORRUPT",
      hint: expect.stringContaining("do not delete"),
    });
    expect((await readFile(file)).equals(before)).toBe(true);
  });

  it("refuses the database of a newer Limen", async () => {
    const store = await openStore(file);
    store.connection.pragma("user_version = 99");
    await store[Symbol.asyncDispose]();
    await expect(openStore(file)).rejects.toMatchObject({ code: "LIMEN_STORE_VERSION" });
  });

  it("brings the database of an older Limen up to date, with the people in it", async () => {
    await mkdir(dirname(file), { recursive: true });
    const older = new SqliteDatabase(file);
    for (const sql of MIGRATIONS.slice(0, 3)) older.exec(sql);
    older.pragma("user_version = 3");
    older.exec("INSERT INTO persons VALUES ('0123456789abcdef01234567', 'José', NULL, 1, 1, 1)");
    older.close();
    await using store = await openStore(file);
    const { people } = await createSqliteGalleryAdmin(store, systemClock).listPersons({
      collections: null,
      nameContains: "JOSE",
      dateOfBirth: null,
      active: null,
      orderBy: "name",
      descending: false,
      offset: 0,
      limit: 10,
    });
    expect(people.map(({ name }) => name)).toEqual(["José"]);
  });

  it("keeps every decision it has acknowledged when the process is killed in the middle of its work", async () => {
    const script = join(folder, "writer.mjs");
    const dist = (name: string): string => new URL(`../../dist/adapters/${name}.js`, import.meta.url).href;
    await writeFile(
      script,
      `import { openStore } from "${dist("sqlite/database")}";
       import { createSqliteAuditLog } from "${dist("sqlite/audit-log")}";
       const audit = createSqliteAuditLog(await openStore(${JSON.stringify(file)}));
       const base = ${JSON.stringify(record("x"))};
       for (let i = 0; ; i++) { await audit.append({ ...base, id: "r" + i }); process.stdout.write(i + "\\n"); }`,
    );
    let expected = 0;
    for (let round = 0; round < 3; round++) {
      await rm(join(folder, "data"), { recursive: true, force: true });
      const writer = spawn(process.execPath, [script], { stdio: ["ignore", "pipe", "inherit"] });
      let said = "";
      writer.stdout.on("data", (chunk) => {
        said += String(chunk);
      });
      await expect.poll(() => said.length, { timeout: 20_000 }).toBeGreaterThan(200);
      writer.kill("SIGKILL");
      await once(writer, "close");
      expected = said.trimEnd().split("\n").length - (said.endsWith("\n") ? 0 : 1);
      await using store = await openStore(file);
      const { length } = await createSqliteAuditLog(store).list({ limit: 1_000_000 });
      expect(length).toBeGreaterThanOrEqual(expected);
    }
    expect(expected).toBeGreaterThan(20);
  });
});
