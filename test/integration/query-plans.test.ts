import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "#adapters/clock/system-clock";
import { openStore, type Store } from "#adapters/sqlite/database";
import { createSqliteGallery } from "#adapters/sqlite/gallery";
import { createSqliteGalleryAdmin } from "#adapters/sqlite/gallery-admin";
import { createSqliteTemplateUpkeep } from "#adapters/sqlite/template-upkeep";
import type { Gallery } from "#ports/gallery";
import type { GalleryAdmin, PersonQuery } from "#ports/gallery-admin";
import { templateOf } from "../fakes/faces";

let folder: string;
let store: Store;
let gallery: Gallery;
let admin: GalleryAdmin;
let someId: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "limen-plans-"));
  store = await openStore(join(folder, "limen.db"));
  gallery = createSqliteGallery(store, systemClock);
  admin = createSqliteGalleryAdmin(store, systemClock);
  for (let i = 0; i < 50; i++) {
    someId = (await gallery.addPerson({ name: `P${i}`, collections: ["staff"], faces: [templateOf(i, "m")] })).id;
  }
});

afterAll(async () => {
  await store[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

/** The steps of the plans of every statement (but some) that is run while this work is done, as SQLite describes them. */
async function plansOf(work: () => Promise<unknown>, besides = /^$/): Promise<string[]> {
  const { connection } = store;
  const texts = new Set<string>();
  const prepare = connection.prepare.bind(connection);
  connection.prepare = ((text: string) => {
    texts.add(text);
    return prepare(text);
  }) as typeof connection.prepare;
  try {
    await work();
  } finally {
    connection.prepare = prepare;
  }
  return [...texts]
    .filter((text) => /^\s*(SELECT|DELETE|UPDATE)/i.test(text) && !besides.test(text))
    .flatMap((text) => {
      const plan = prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${text}`);
      const named = text.includes("@model")
        ? [{ model: "m" }]
        : Array.from({ length: (text.match(/\?/g) ?? []).length }, () => "1");
      return plan.all(...named).map(({ detail }) => detail);
    });
}
const scans = (plans: readonly string[]): string[] => plans.filter((step) => step.startsWith("SCAN"));
const sorts = (plans: readonly string[]): string[] => plans.filter((step) => step.includes("TEMP B-TREE"));

const page = (changes: Partial<PersonQuery> = {}): PersonQuery => ({
  collections: null,
  nameContains: null,
  dateOfBirth: null,
  active: null,
  orderBy: "name",
  descending: false,
  offset: 20,
  limit: 10,
  ...changes,
});

describe("the plans of the statements that meet a large gallery", () => {
  it("loading: faces and memberships in the order they lie on the disk, and nothing looked up for each", async () => {
    const loading = await plansOf(async () => {
      for await (const _ of gallery.everything("m"));
    });
    expect(loading).toContain("SEARCH faces USING INTEGER PRIMARY KEY (rowid>?)");
    expect(loading).toContain("SEARCH memberships USING PRIMARY KEY ((collection_id,person_id)>(?,?))");
    expect(sorts(loading)).toEqual([]);
    expect(scans(loading).filter((step) => !/^SCAN (revision|persons)\b/.test(step))).toEqual([]);
  });

  it("taking in changes: each person's faces and memberships by index", async () => {
    expect(scans(await plansOf(() => gallery.peopleChanged(null)))).toEqual(["SCAN revision", "SCAN persons"]);
    const loading = await plansOf(() => gallery.searchable("m", [someId]));
    expect(scans(loading)).toEqual(["SCAN j VIRTUAL TABLE INDEX 1:", "SCAN j VIRTUAL TABLE INDEX 1:"]);
    expect(loading).toContain("SEARCH f USING INDEX faces_by_person (person_id=?)");
    expect(loading).toContain("SEARCH m USING COVERING INDEX memberships_by_person (person_id=?)");
  });

  it("following: who has changed, and nobody else", async () => {
    const { mark } = await gallery.peopleChanged(null);
    const following = await plansOf(() => gallery.peopleChanged(mark));
    expect(scans(following)).toEqual(["SCAN revision"]);
    expect(following).toContain("SEARCH person_changes USING COVERING INDEX person_changes_by_revision (revision>?)");
  });

  it("one person, a door's question: no scan at all", async () => {
    expect(scans(await plansOf(() => gallery.person(someId)))).toEqual([]);
    expect(scans(await plansOf(() => admin.templatesOf(someId, "m")))).toEqual([]);
  });

  it("everybody by name: the people once, their faces and collections by index", async () => {
    for (const collection of [undefined, "staff"]) {
      const plans = await plansOf(() => gallery.people(collection));
      expect(scans(plans).filter((step) => !step.startsWith("SCAN p"))).toEqual([]);
    }
  });

  it("a page of a list by name walks an index and sorts nothing", async () => {
    const plans = await plansOf(() => admin.listPersons(page()), /FROM collections c/);
    expect(plans).toContain("SCAN p USING INDEX persons_by_name");
    expect(sorts(plans)).toEqual([]);
    expect(scans(plans).filter((step) => !step.startsWith("SCAN p USING"))).toEqual([]);
  });

  it("enrolling looks for a namesake by index", async () => {
    const details = { notes: null, gender: null, dateOfBirth: null, nationality: null };
    const order = {
      name: "P1",
      collections: [],
      faces: [{ template: templateOf(1, "m"), thumbnail: null }],
      ...details,
    };
    const plans = await plansOf(() => admin.createPerson(order));
    expect(plans.join()).toContain("persons_by_name (name_key=?)");
    expect(scans(plans).filter((step) => step.startsWith("SCAN p"))).toEqual([]);
  });

  it("templates of other models cost what there is of them", async () => {
    const plans = await plansOf(() => createSqliteTemplateUpkeep(store).peopleToRenew("m"));
    expect(scans(plans).filter((step) => step !== "SCAN f")).toEqual([]);
    expect(plans.filter((step) => step.startsWith("SEARCH faces USING INDEX faces_by_model"))).toHaveLength(2);
  });
});
