import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { systemClock } from "#adapters/clock/system-clock";
import { openStore, type Store } from "#adapters/sqlite/database";
import { createSqliteGallery } from "#adapters/sqlite/gallery";
import { createSqliteGalleryAdmin } from "#adapters/sqlite/gallery-admin";
import { MAX_FACES } from "#core/enrolment";
import type { Gallery } from "#ports/gallery";
import type { GalleryAdmin, PersonOrder, PersonQuery } from "#ports/gallery-admin";
import { templateOf } from "../fakes/faces";

let folder: string;
let store: Store;
let gallery: Gallery;
let admin: GalleryAdmin;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "limen-admin-"));
  store = await openStore(join(folder, "limen.db"));
  gallery = createSqliteGallery(store, systemClock);
  admin = createSqliteGalleryAdmin(store, systemClock);
});

afterEach(async () => {
  await store[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

const order = (name: string, changes: Partial<PersonOrder> = {}): PersonOrder => ({
  name,
  notes: null,
  gender: null,
  dateOfBirth: null,
  nationality: null,
  collections: [],
  faces: [{ template: templateOf(0), thumbnail: null }],
  ...changes,
});
const everybody: PersonQuery = {
  collections: null,
  nameContains: null,
  dateOfBirth: null,
  active: null,
  orderBy: "name",
  descending: false,
  offset: 0,
  limit: 10,
};
const mark = async () => (await gallery.peopleChanged(null)).mark;
const changedSince = async (since: number) => (await gallery.peopleChanged(since)).personIds;

describe("SQLite as a gallery to manage", () => {
  it("keeps details, thumbnails and templates, and the door's gallery sees the same person", async () => {
    const staff = await admin.createCollection({ name: "Staff", code: "staff", description: "d" });
    const { person } = await admin.createPerson(
      order("Ada", {
        gender: "F",
        dateOfBirth: "1815-12-10",
        nationality: "British",
        notes: "n",
        collections: [staff?.id ?? ""],
        faces: [{ template: templateOf(3), thumbnail: new Uint8Array([1, 2]) }],
      }),
    );
    expect(await admin.persons([person.id, "nobody"])).toEqual([person]);
    expect(Buffer.from(person.faces[0]?.thumbnail ?? [])).toEqual(Buffer.from([1, 2]));
    expect(await admin.templatesOf(person.id, "model-a")).toEqual([templateOf(3)]);
    expect(await admin.templatesOf(person.id, "model-b")).toEqual([]);
    expect(await gallery.person(person.id)).toMatchObject({ name: "Ada", faces: 1, collections: [staff?.id] });
  });

  it("knows people whom the command line enrolled, without details or pictures", async () => {
    const { id } = await gallery.addPerson({ name: "Bob", collections: ["lab"], faces: [templateOf(0)] });
    expect(await admin.persons([id])).toMatchObject([
      { gender: null, dateOfBirth: null, collections: [{ code: "lab", count: 1 }], faces: [{ thumbnail: null }] },
    ]);
    expect(await admin.updatePerson(id, { nationality: "Dutch" })).toMatchObject({ name: "Bob", nationality: "Dutch" });
  });

  it("tells the search index of every change that matters to it", async () => {
    const staff = await admin.createCollection({ name: "Staff", description: null });
    const lab = await admin.createCollection({ name: "Lab", description: null });
    const { person } = await admin.createPerson(order("Ada"));
    const { id } = person;
    const face = { template: templateOf(1), thumbnail: null };
    const changes: readonly (() => Promise<unknown>)[] = [
      () => admin.addFaces(id, [face]),
      async () => admin.removeFace(id, (await admin.persons([id]))[0]?.faces[0]?.id ?? ""),
      () => admin.updatePerson(id, { faces: [face] }),
      () => admin.updatePerson(id, { active: false }),
      () => admin.updatePerson(id, { collections: [staff?.id ?? ""] }),
      () => admin.movePeople([id], staff?.id ?? "", lab?.id ?? ""),
      () => admin.updateCollection(staff?.id ?? "", { people: [id] }),
      () => admin.deleteCollection(lab?.id ?? ""),
      () => admin.detachPerson(id, staff?.id ?? ""),
    ];
    for (const change of changes) {
      const before = await mark();
      await change();
      expect(await changedSince(before)).toEqual([id]);
    }
    expect(await gallery.person(id)).toBeNull();
  });

  it("adds up to a hundred faces of one person for each model, and none to nobody", async () => {
    const { person } = await admin.createPerson(order("Ada"));
    const faces = (count: number, modelId = "model-a") =>
      Array.from({ length: count }, (_, i) => ({ template: { ...templateOf(i), modelId }, thumbnail: null }));
    await expect(admin.addFaces("0".repeat(24), faces(1))).rejects.toMatchObject({ code: "LIMEN_PERSON_UNKNOWN" });
    await admin.addFaces(person.id, faces(MAX_FACES - 2));
    const tooMany = { code: "LIMEN_PERSON_INVALID", message: "one person has at most 100 faces" };
    const before = await mark();
    await expect(admin.addFaces(person.id, faces(2))).rejects.toMatchObject(tooMany);
    await expect(admin.updatePerson(person.id, { faces: faces(MAX_FACES + 1) })).rejects.toMatchObject(tooMany);
    expect(await changedSince(before)).toEqual([]);
    await admin.addFaces(person.id, faces(1));
    await expect(admin.addFaces(person.id, faces(1))).rejects.toMatchObject(tooMany);
    await admin.addFaces(person.id, faces(1, "model-b"));
    expect((await admin.persons([person.id]))[0]?.faces).toHaveLength(MAX_FACES + 1);
  });

  it("writes nothing when one part of a change is wrong", async () => {
    const staff = await admin.createCollection({ name: "Staff", description: null });
    const { person } = await admin.createPerson(order("Ada", { collections: [staff?.id ?? ""] }));
    const before = await mark();
    await expect(admin.createPerson(order("Bob", { collections: ["nowhere"] }))).rejects.toMatchObject({
      code: "LIMEN_PERSON_INVALID",
    });
    await expect(admin.updatePerson(person.id, { name: "New", collections: ["nowhere"] })).rejects.toThrow();
    await expect(admin.updatePerson(person.id, { name: "New", faces: [] })).rejects.toThrow();
    await expect(admin.updateCollection(staff?.id ?? "", { name: "New", people: ["nobody"] })).rejects.toMatchObject({
      code: "LIMEN_PERSON_UNKNOWN",
    });
    expect(await admin.persons([person.id])).toEqual([person]);
    expect(await admin.collection(staff?.id ?? "")).toEqual({ ...staff, count: 1 });
    expect(await mark()).toBe(before);
  });

  it("pages through everybody without losing or repeating anyone, ties included", async () => {
    for (let i = 0; i < 25; i++)
      await admin.createPerson(order("Same", { dateOfBirth: `1990-01-${String(i + 1).padStart(2, "0")}` }));
    const seen: string[] = [];
    for (let offset = 0; offset < 30; offset += 7) {
      const { people, total } = await admin.listPersons({ ...everybody, offset, limit: 7 });
      expect(total).toBe(25);
      seen.push(...people.map(({ id }) => id));
    }
    expect(new Set(seen).size).toBe(25);
    expect(seen).toHaveLength(25);
    expect((await admin.listPersons({ ...everybody, collections: [] })).total).toBe(0);
  });

  it("treats the name as data, whatever it holds", async () => {
    const name = `'"; DROP TABLE persons; -- %_`;
    await admin.createPerson(order(name));
    expect((await admin.listPersons({ ...everybody, nameContains: "'\"; drop" })).people).toMatchObject([{ name }]);
    expect((await admin.listPersons({ ...everybody, nameContains: "d%p" })).total).toBe(0);
  });
});
