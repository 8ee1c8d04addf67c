import { randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import SqliteDatabase from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { systemClock } from "#adapters/clock/system-clock";
import { openStore, type Store } from "#adapters/sqlite/database";
import { createSqliteGallery } from "#adapters/sqlite/gallery";
import { createSqliteTemplateUpkeep, unsearchablePeopleIn } from "#adapters/sqlite/template-upkeep";
import type { Template } from "#core/face";
import type { Gallery } from "#ports/gallery";
import type { TemplateUpkeep } from "#ports/template-upkeep";
import { allFaces } from "../fakes/all-faces";
import { templateOf } from "../fakes/faces";

let folder: string;
let file: string;
let store: Store;
let gallery: Gallery;
let upkeep: TemplateUpkeep;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "limen-upkeep-"));
  file = join(folder, "limen.db");
  store = await openStore(file);
  gallery = createSqliteGallery(store, systemClock);
  upkeep = createSqliteTemplateUpkeep(store);
});

afterEach(async () => {
  await store[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

const enrol = async (name: string, faces: Template[], photos: Uint8Array[] = []): Promise<string> =>
  (await gallery.addPerson({ name, collections: ["staff"], faces, photos })).id;
const old = (axis: number): Template => templateOf(axis, "old");

describe("templates of other models", () => {
  it("are counted by people who can be found no more, and only the active ones", async () => {
    const count = () => unsearchablePeopleIn(file, "new");
    expect(count()).toBe(0);
    await enrol("Old", [old(0), old(1)]);
    await enrol("Both", [old(0), templateOf(1, "new")]);
    await enrol("New", [templateOf(2, "new")]);
    expect(count()).toBe(1);
    expect(unsearchablePeopleIn(file, "old")).toBe(1);
    expect(unsearchablePeopleIn(file, "a third")).toBe(3);
    store.connection.exec("UPDATE persons SET active = 0 WHERE name = 'Old'");
    expect(count()).toBe(0);
    expect(unsearchablePeopleIn(join(folder, "none.db"), "new")).toBe(0);
    // As a daemon leaves it for a moment at its very first start.
    const young = new SqliteDatabase(join(folder, "young.db"));
    young.pragma("journal_mode = WAL");
    expect(unsearchablePeopleIn(join(folder, "young.db"), "new")).toBe(0);
    young.close();
  });

  it("are listed by people who need something, with their kept photos", async () => {
    const jpeg = new Uint8Array([1, 2, 3]);
    const photo = await enrol("Photo", [old(0), old(1)], [jpeg]);
    const bare = await enrol("Bare", [old(0)]);
    const both = await enrol("Both", [old(0), templateOf(1, "new")], [jpeg, jpeg]);
    await enrol("Enough", [old(0), templateOf(1, "new")]);
    await enrol("New", [templateOf(2, "new")], [jpeg]);
    expect(await upkeep.peopleToRenew("new")).toEqual([photo, bare, both].sort());
    const { faces = [], ...person } = (await upkeep.oldFaces(photo, "new")) ?? {};
    expect(person).toEqual({ name: "Photo", isSearchable: false });
    expect(faces.map((face) => face.photo && [...face.photo])).toEqual([[1, 2, 3], null]);
    expect(await upkeep.oldFaces(both, "new")).toMatchObject({ isSearchable: true, faces: [{}] });
    expect(await upkeep.oldFaces("nobody", "new")).toBeNull();
  });

  it("are replaced in place, heard by every search, and never half of them", async () => {
    const id = await enrol("Ada", [old(0), old(1)]);
    const { mark } = await gallery.peopleChanged(null);
    const faces = (await upkeep.oldFaces(id, "new"))?.faces ?? [];
    const broken = { faceId: faces[1]?.faceId ?? "", template: { ...templateOf(3, "new"), norm: Number.NaN } };
    const good = faces.map(({ faceId }, i) => ({ faceId, template: templateOf(2 + i, "new") }));
    // SQLite takes NaN for NULL, which the column refuses.
    await expect(upkeep.renew([...good.slice(0, 1), broken])).rejects.toMatchObject({ code: "LIMEN_STORE_FAILED" });
    expect(await allFaces(gallery, "old")).toHaveLength(2);
    await upkeep.renew([...good, { faceId: "gone", template: templateOf(5, "new") }]);
    expect(await allFaces(gallery, "old")).toEqual([]);
    expect((await allFaces(gallery, "new")).map(({ template }) => template.values.indexOf(1)).sort()).toEqual([2, 3]);
    expect((await gallery.peopleChanged(mark)).personIds).toEqual([id]);
    expect(await upkeep.peopleToRenew("new")).toEqual([]);
  });

  it("go with the person, photo and all: no byte of them stays in the file", async () => {
    const photo = randomBytes(3000);
    const values = new Float32Array(512).map(() => Math.random());
    const id = await enrol("Ada", [{ modelId: "old", values, norm: 3.6 }], [photo]);
    const kept = async (): Promise<boolean[]> => {
      store.connection.pragma("wal_checkpoint(TRUNCATE)");
      const bytes = await readFile(file);
      return [bytes.includes(photo.subarray(0, 200)), bytes.includes(Buffer.from(values.buffer).subarray(0, 200))];
    };
    expect(await kept()).toEqual([true, true]);
    await gallery.removePerson(id);
    expect(store.connection.prepare("SELECT count(*) FROM face_photos").pluck().get()).toBe(0);
    expect(await kept()).toEqual([false, false]);
  });
});
