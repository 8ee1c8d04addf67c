import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openStore, type Store } from "#adapters/sqlite/database";
import { createSqliteSpendBook } from "#adapters/sqlite/spend-book";
import { instant } from "#core/instant";
import { periodsAt } from "#core/spend";
import type { SpendBook } from "#ports/spend-book";
import { MemorySpendBook } from "../fakes/memory-spend-book";

const UNLIMITED = { minute: null, day: null, month: null };
const at = (iso: string) => periodsAt(instant(Date.parse(iso)), "UTC");

function spendBookContract(name: string, open: () => SpendBook): void {
  describe(`${name} as a spend book`, () => {
    it("counts each call in its minute, its day and its month", async () => {
      const book = open();
      expect(await book.counts(at("2026-01-15T12:30:10Z"))).toEqual({ minute: 0, day: 0, month: 0 });
      await book.take(at("2026-01-14T08:00:00Z"), UNLIMITED);
      await book.take(at("2026-01-15T12:30:00Z"), UNLIMITED);
      expect(await book.take(at("2026-01-15T12:30:59Z"), UNLIMITED)).toEqual({
        counts: { minute: 2, day: 2, month: 3 },
        cap: null,
      });
      expect(await book.counts(at("2026-02-01T00:00:00Z"))).toEqual({ minute: 0, day: 0, month: 0 });
    });

    it("counts no call that a cap forbids", async () => {
      const book = open();
      const caps = { ...UNLIMITED, minute: 1, day: 2 };
      expect((await book.take(at("2026-01-15T12:30:00Z"), caps)).cap).toBeNull();
      expect(await book.take(at("2026-01-15T12:30:30Z"), caps)).toEqual({
        counts: { minute: 1, day: 1, month: 1 },
        cap: "minute",
      });
      expect((await book.take(at("2026-01-15T12:31:00Z"), caps)).cap).toBeNull();
      expect((await book.take(at("2026-01-15T12:32:00Z"), caps)).cap).toBe("day");
      expect((await book.take(at("2026-01-16T12:32:00Z"), caps)).cap).toBeNull();
    });
  });
}

let folder: string;
let store: Store;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "limen-spend-"));
  store = await openStore(join(folder, "limen.db"));
});
afterEach(async () => {
  await store[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

spendBookContract("the fake", () => new MemorySpendBook());
spendBookContract("SQLite", () => createSqliteSpendBook(store));

it("knows after a restart what was spent before", async () => {
  const now = at("2026-01-15T12:30:00Z");
  await createSqliteSpendBook(store).take(now, UNLIMITED);
  await store[Symbol.asyncDispose]();
  store = await openStore(join(folder, "limen.db"));
  expect(await createSqliteSpendBook(store).counts(now)).toEqual({ minute: 1, day: 1, month: 1 });
});

it("keeps no minute that is over, and refuses a call it cannot count", async () => {
  const book = createSqliteSpendBook(store);
  for (let minute = 10; minute < 40; minute++) await book.take(at(`2026-01-15T12:${minute}:00Z`), UNLIMITED);
  const rows = store.connection.prepare("SELECT period, calls FROM engine_calls ORDER BY period").all();
  expect(rows).toEqual([
    { period: "2026-01", calls: 30 },
    { period: "2026-01-15", calls: 30 },
    { period: "2026-01-15T12:39Z", calls: 1 },
  ]);
  store.connection.pragma("query_only = ON");
  await expect(book.take(at("2026-01-15T12:40:00Z"), UNLIMITED)).rejects.toMatchObject({ code: "LIMEN_STORE_FAILED" });
});
