import { describe, expect, it } from "vitest";
import type { FoundFace, Template } from "#core/face";
import { createEnroller } from "#flow/enroller";
import { type EnrolmentParts, enrol } from "#flow/enrolment";
import { createRecentFaces } from "#flow/recent-faces";
import type { FaceFinder } from "#ports/face-finder";
import type { FaceSearch } from "#ports/face-search";
import { allFaces } from "../../fakes/all-faces";
import { faceAt, templateOf } from "../../fakes/faces";
import { MemoryGallery } from "../../fakes/memory-gallery";

/** Photos by name: what is found in them and what the face's template is. */
function desk(
  photos: Record<string, { faces: FoundFace[]; template?: Template }>,
  lookAlikes: { personId: string; score: number }[] = [],
) {
  const gallery = new MemoryGallery();
  const names = Object.keys(photos);
  const finder: FaceFinder = {
    modelId: "model-a",
    samePersonCosine: 0.5,
    minNorm: 3,
    borderlineNorm: 3,
    find: async ({ width }) => photos[names[width] ?? ""]?.faces ?? [],
    describe: async ({ width }) => ({
      template: photos[names[width] ?? ""]?.template ?? templateOf(0),
      liveness: null,
    }),
  };
  const search: FaceSearch = { search: async () => lookAlikes, size: () => 0 };
  const parts: EnrolmentParts = {
    gallery,
    reader: { read: async (file) => ({ width: names.indexOf(file), height: 1, rgb: new Uint8Array() }) },
    enroller: createEnroller({ finder, gallery, search }),
    samePersonCosine: finder.samePersonCosine,
  };
  const signal = new AbortController().signal;
  const order = (...files: string[]) => enrol(parts, { name: "Ada", collections: ["staff"], photos: files }, signal);
  const orderAs = (name: string, photo: string, allowDuplicate = false) =>
    enrol(parts, { name, collections: ["staff"], photos: [photo], allowDuplicate }, signal);
  return { gallery, order, orderAs };
}

describe("enrolling", () => {
  it("keeps one template a photo", async () => {
    const { gallery, order } = desk({ a: { faces: [faceAt(10, 10, 200)] }, b: { faces: [faceAt(10, 10, 200)] } });
    const { person, lookAlikes } = await order("a", "b");
    expect(person).toMatchObject({ name: "Ada", faces: 2 });
    expect(lookAlikes).toEqual([]);
    expect(await allFaces(gallery, "model-a")).toHaveLength(2);
  });

  it.each([
    ["LIMEN_PHOTO_NO_FACE", { faces: [] }],
    ["LIMEN_PHOTO_SEVERAL_FACES", { faces: [faceAt(0, 0, 200), faceAt(300, 0, 200)] }],
    ["LIMEN_PHOTO_POOR", { faces: [faceAt(0, 0, 63)] }],
    ["LIMEN_PHOTO_POOR", { faces: [faceAt(0, 0, 200, { yaw: 0.31 })] }],
    ["LIMEN_PHOTO_POOR", { faces: [faceAt(0, 0, 200)], template: templateOf(0, "model-a", 8, 3.1) }],
    ["LIMEN_PHOTO_POOR", { faces: [faceAt(0, 0, 200)], template: templateOf(0, "model-a", 8, Number.NaN) }],
  ])("refuses with %s and writes nothing, however good the other photos are", async (code, bad) => {
    const { gallery, order } = desk({ good: { faces: [faceAt(10, 10, 200)] }, bad });
    await expect(order("good", "bad")).rejects.toMatchObject({ code, hint: expect.any(String) });
    expect(await gallery.people()).toEqual([]);
  });

  it("refuses photos of two people", async () => {
    const face = [faceAt(10, 10, 200)];
    const { order } = desk({
      a: { faces: face, template: templateOf(0) },
      b: { faces: face, template: templateOf(1) },
    });
    await expect(order("a", "b")).rejects.toMatchObject({ code: "LIMEN_PERSON_INVALID" });
  });

  it("refuses no photo and too many photos", async () => {
    const { order } = desk({ a: { faces: [faceAt(10, 10, 200)] } });
    await expect(order()).rejects.toMatchObject({ code: "LIMEN_PERSON_INVALID" });
    await expect(order(...Array.from({ length: 11 }, () => "a"))).rejects.toMatchObject({
      code: "LIMEN_PERSON_INVALID",
    });
  });

  it.each([0.648, 0.7, 0.809])(
    "names who looks much like the new person (score %d), and enrols them",
    async (score) => {
      const found: { personId: string; score: number }[] = [];
      const { gallery, order } = desk({ a: { faces: [faceAt(10, 10, 200)] } }, found);
      const ben = await gallery.addPerson({ name: "Ben", collections: [], faces: [templateOf(1)] });
      found.push({ personId: ben.id, score });
      expect((await order("a")).lookAlikes).toEqual([{ personId: ben.id, name: "Ben", score }]);
    },
  );

  it.each([0.81, 1])("refuses a face that is somebody else's already (score %d), and says whose", async (score) => {
    const found: { personId: string; score: number }[] = [];
    const { gallery, order, orderAs } = desk({ a: { faces: [faceAt(10, 10, 200)] } }, found);
    const ben = await gallery.addPerson({ name: "Ben", collections: [], faces: [templateOf(1)] });
    found.push({ personId: ben.id, score });
    await expect(order("a")).rejects.toMatchObject({
      code: "LIMEN_PERSON_DUPLICATE",
      message: expect.stringContaining("a: this face is enrolled already as Ben"),
      hint: expect.stringContaining("--allow-duplicate"),
    });
    expect(await gallery.people()).toHaveLength(1);
    expect((await orderAs("Ada", "a", true)).lookAlikes).toEqual([{ personId: ben.id, name: "Ben", score }]);
    expect(await gallery.people()).toHaveLength(2);
  });

  it("knows whom it enrolled a moment ago, before the search does", async () => {
    const { gallery, orderAs } = desk({
      a: { faces: [faceAt(10, 10, 200)] },
      b: { faces: [faceAt(10, 10, 200)], template: templateOf(1) },
    });
    const { person } = await orderAs("Ada", "a");
    await orderAs("Ben", "b");
    await expect(orderAs("Ada's twin", "a")).rejects.toMatchObject({ code: "LIMEN_PERSON_DUPLICATE" });
    await gallery.removePerson(person.id);
    expect((await orderAs("Ada again", "a")).lookAlikes).toEqual([]);
  });
});

describe("the people enrolled last", () => {
  it("are so many at most, the oldest forgotten first", () => {
    const recent = createRecentFaces(0.5, 2);
    for (const i of [0, 1, 2]) recent.remember(`p${i}`, [templateOf(i)]);
    expect([0, 1, 2].map((i) => recent.candidates(templateOf(i), 0.8).map(({ personId }) => personId))).toEqual([
      [],
      ["p1"],
      ["p2"],
    ]);
  });

  it("keep the faces of each together, until they are not theirs any more", () => {
    const recent = createRecentFaces(0.5);
    recent.remember("ada", [templateOf(1)]);
    recent.remember("ada", [templateOf(2)]);
    expect([1, 2].map((i) => recent.candidates(templateOf(i), 0.8).length)).toEqual([1, 1]);
    recent.forget("ada");
    recent.remember("ada", [templateOf(2)]);
    expect([1, 2].map((i) => recent.candidates(templateOf(i), 0.8).length)).toEqual([0, 1]);
  });
});
