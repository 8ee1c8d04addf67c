import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { systemClock } from "#adapters/clock/system-clock";
import { openStore } from "#adapters/sqlite/database";
import { createSqliteGallery } from "#adapters/sqlite/gallery";
import { createSqliteGalleryAdmin } from "#adapters/sqlite/gallery-admin";
import { startWasmThread } from "#adapters/threads/wasm-thread";
import { openSearchEngine } from "#engine/search-engine";
import { templateOf } from "../fakes/faces";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "limen-search-"));
});
afterEach(() => rm(folder, { recursive: true }));

const ask = {
  collection: null,
  minScore: 0.5,
  maxResults: 10,
  mode: "FAST",
  signal: new AbortController().signal,
} as const;

it("a search follows what another connection writes: people, faces, memberships, activity, removal", async () => {
  const file = join(folder, "limen.db");
  await using store = await openStore(file);
  await using elsewhere = await openStore(file);
  const writer = createSqliteGallery(elsewhere, systemClock);
  const ada = await writer.addPerson({ name: "Ada", collections: ["staff"], faces: [templateOf(0)] });
  await using engine = await openSearchEngine({
    gallery: createSqliteGallery(store, systemClock),
    modelId: "model-a",
    samePersonCosine: 0.5,
    startThread: startWasmThread,
    longestHereMs: 0,
    clock: systemClock,
    onFault: (error) => {
      throw error;
    },
  });
  const found = async (axis: number, collection: string | null = null): Promise<string[]> =>
    (await engine.search({ ...ask, collection, faces: [templateOf(axis)] })).map(({ personId }) => personId);
  const write = (sql: string): void => {
    elsewhere.transact((connection) => {
      connection.prepare(sql).run();
      connection.prepare("UPDATE revision SET number = number + 1").run();
    });
  };
  const soon = { timeout: 5000, interval: 50 };

  expect(await found(0, "staff")).toEqual([ada.id]);
  const ben = await writer.addPerson({ name: "Ben", collections: ["staff"], faces: [templateOf(1)] });
  await expect.poll(() => found(1), soon).toEqual([ben.id]);
  const admin = createSqliteGalleryAdmin(elsewhere, systemClock);
  await admin.addFaces(ada.id, [{ template: templateOf(2), thumbnail: null }]);
  await expect.poll(() => found(2), soon).toEqual([ada.id]);
  write(`DELETE FROM memberships WHERE person_id = '${ben.id}'`);
  await expect.poll(() => engine.size("staff"), soon).toBe(1);
  expect(await found(1, "staff")).toEqual([]);
  expect(await found(1)).toEqual([ben.id]);
  write(`UPDATE persons SET active = 0 WHERE id = '${ada.id}'`);
  await expect.poll(() => found(0), soon).toEqual([]);
  write(`UPDATE persons SET active = 1 WHERE id = '${ada.id}'`);
  await expect.poll(() => found(0), soon).toEqual([ada.id]);
  await writer.removePerson(ben.id);
  await expect.poll(() => engine.size(null), soon).toBe(1);
  expect(await found(1)).toEqual([]);
});
