import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createSqliteAuditLog } from "#adapters/sqlite/audit-log";
import { backUpDatabase } from "#adapters/sqlite/backup";
import { openStore } from "#adapters/sqlite/database";
import { codeOf } from "#errors";
import { decisionRecord } from "../fakes/decision-records";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "limen-backup-"));
});
afterEach(() => rm(folder, { recursive: true }));

const of = (code: string) => expect.toSatisfy((error: unknown) => codeOf(error) === code);

describe("a backup", () => {
  it("is of one moment, while decisions go on being recorded, and opens as a database", async () => {
    const file = join(folder, "limen.db");
    const copy = join(folder, "copy.db");
    await using store = await openStore(file);
    const audit = createSqliteAuditLog(store);
    for (let i = 0; i < 20; i++) await audit.append(decisionRecord({ id: `d${i}` }));
    const contents = backUpDatabase(file, copy);
    expect(contents).toEqual({ people: 0, decisions: 20, bytes: (await stat(copy)).size });
    await audit.append(decisionRecord({ id: "d20" }));
    await using restored = await openStore(copy);
    const kept = await createSqliteAuditLog(restored).list({ limit: 100 });
    expect(kept.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 20 }, (_, i) => 20 - i));
    expect(await audit.list({ limit: 100 })).toHaveLength(21);
  });

  it("can be read by its owner alone, and leaves nothing else behind", async () => {
    const file = join(folder, "limen.db");
    await (await openStore(file))[Symbol.asyncDispose]();
    backUpDatabase(file, join(folder, "copy.db"));
    expect((await stat(join(folder, "copy.db"))).mode & 0o777).toBe(0o600);
    expect((await readdir(folder)).filter((name) => !name.startsWith("limen.db"))).toEqual(["copy.db"]);
  });

  it("never replaces a file, and is not there when it could not be made", async () => {
    const file = join(folder, "limen.db");
    const taken = join(folder, "taken");
    await writeFile(taken, "mine");
    await (await openStore(file))[Symbol.asyncDispose]();
    expect(() => backUpDatabase(file, taken)).toThrow(of("LIMEN_STORE_FAILED"));
    expect(await readFile(taken, "utf8")).toBe("mine");
    expect(() => backUpDatabase(join(folder, "no.db"), join(folder, "copy.db"))).toThrow(of("LIMEN_STORE_FAILED"));
    await writeFile(join(folder, "bad.db"), "no database at all, ".repeat(1000));
    expect(() => backUpDatabase(join(folder, "bad.db"), join(folder, "copy.db"))).toThrow(of("LIMEN_STORE_CORRUPT"));
    expect(() => backUpDatabase(file, join(folder, "nowhere", "copy.db"))).toThrow(of("LIMEN_STORE_FAILED"));
    expect((await readdir(folder)).filter((name) => /copy|new/.test(name))).toEqual([]);
  });
});
