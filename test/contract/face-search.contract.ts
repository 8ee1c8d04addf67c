import { afterEach, describe, expect, it } from "vitest";
import { isBelievable } from "#core/candidate";
import { scoreOfCosine } from "#core/score";
import type { FaceSearch, SearchRequest } from "#ports/face-search";
import { templateOf } from "../fakes/faces";
import { MemoryGallery } from "../fakes/memory-gallery";

export type OpenSearch = (gallery: MemoryGallery) => Promise<FaceSearch & AsyncDisposable>;

const SAME_PERSON_COSINE = 0.5;

/** What every search over a gallery of our own must do, in either mode. The knee of its score is at cosine 0.5. */
export function faceSearchContract(name: string, mode: SearchRequest["mode"], open: OpenSearch): void {
  describe(`${name}, ${mode}`, () => {
    let opened: AsyncDisposable | undefined;
    afterEach(() => opened?.[Symbol.asyncDispose]());

    const searchOver = async (gallery: MemoryGallery): Promise<FaceSearch> => {
      const search = await open(gallery);
      opened = search;
      return search;
    };
    const ask = { collection: null, minScore: 0, maxResults: 10, mode, signal: new AbortController().signal } as const;
    const probeOf = (...values: number[]) => ({ modelId: "model-a", values: Float32Array.from(values), norm: 3 });

    it("answers one entry a person, by the best of faces that are not alike, in score order", async () => {
      const gallery = new MemoryGallery();
      const ada = await gallery.addPerson({ name: "Ada", collections: [], faces: [templateOf(0), templateOf(1)] });
      const ben = await gallery.addPerson({ name: "Ben", collections: [], faces: [templateOf(2)] });
      const search = await searchOver(gallery);
      const found = await search.search({ ...ask, faces: [probeOf(0, 0.8, 0.6, 0, 0, 0, 0, 0)] });
      expect(found.map(({ personId }) => personId)).toEqual([ada.id, ben.id]);
      expect(found[0]?.score).toBeCloseTo(scoreOfCosine(0.8, SAME_PERSON_COSINE), 6);
      expect(found[1]?.score).toBeCloseTo(scoreOfCosine(0.6, SAME_PERSON_COSINE), 6);
    });

    it("takes several pictures of one person as their mean", async () => {
      const gallery = new MemoryGallery();
      await gallery.addPerson({ name: "Ada", collections: [], faces: [templateOf(0)] });
      const search = await searchOver(gallery);
      const found = await search.search({ ...ask, faces: [templateOf(0), templateOf(1)] });
      expect(found[0]?.score).toBeCloseTo(scoreOfCosine(Math.SQRT1_2, SAME_PERSON_COSINE), 6);
    });

    it("counts the mean of somebody's faces as one face more", async () => {
      const gallery = new MemoryGallery();
      await gallery.addPerson({ name: "Ada", collections: [], faces: [probeOf(0.75, 0, 0, Math.sqrt(1 - 0.75 ** 2))] });
      const faces = [probeOf(0.9, Math.sqrt(0.19), 0, 0), probeOf(0.9, -Math.sqrt(0.19), 0, 0)];
      const ben = await gallery.addPerson({ name: "Ben", collections: [], faces });
      const search = await searchOver(gallery);
      const probe = { faces: [probeOf(0.8, 0, 0.6, 0)], maxResults: 1 };
      const expected = { personId: ben.id, score: expect.closeTo(scoreOfCosine(0.8, SAME_PERSON_COSINE), 6) };
      expect(await search.search({ ...ask, ...probe })).toEqual([expected]);
      // Their best face has 0.72.
      const minScore = scoreOfCosine(0.76, SAME_PERSON_COSINE);
      expect(await search.search({ ...ask, ...probe, minScore })).toEqual([expected]);
    });

    it("looks into one collection only when asked to, by code or id", async () => {
      const gallery = new MemoryGallery();
      await gallery.addPerson({ name: "Ada", collections: ["staff"], faces: [templateOf(0)] });
      const ben = await gallery.addPerson({ name: "Ben", collections: ["guests"], faces: [templateOf(0)] });
      const search = await searchOver(gallery);
      for (const collection of ["guests", "id-guests"]) {
        const found = await search.search({ ...ask, faces: [templateOf(0)], collection });
        expect(found.map(({ personId }) => personId)).toEqual([ben.id]);
        expect(search.size(collection)).toBe(1);
      }
      expect(await search.search({ ...ask, faces: [templateOf(0)], collection: "nobody" })).toEqual([]);
      expect(search.size("nobody")).toBe(0);
      expect(search.size(null)).toBe(2);
    });

    it("orders ties by id, also where the list is cut", async () => {
      const gallery = new MemoryGallery();
      for (const name of ["B", "A", "C", "D"]) {
        await gallery.addPerson({ name, collections: [], faces: [templateOf(0)] });
      }
      const search = await searchOver(gallery);
      const found = await search.search({ ...ask, faces: [templateOf(0)], maxResults: 2 });
      expect(found.map(({ personId }) => personId)).toEqual(["person-1", "person-2"]);
    });

    it("counts everybody who is no way alike as 0, in the order of their ids", async () => {
      const gallery = new MemoryGallery();
      for (const values of [
        [-1, 0],
        [0, 1],
        [-0.6, 0.8],
      ]) {
        await gallery.addPerson({ name: "P", collections: [], faces: [probeOf(...values)] });
      }
      const search = await searchOver(gallery);
      expect(await search.search({ ...ask, faces: [probeOf(1, 0)] })).toEqual(
        ["person-1", "person-2", "person-3"].map((personId) => ({ personId, score: 0 })),
      );
    });

    it("leaves out whoever is below the lowest score", async () => {
      const gallery = new MemoryGallery();
      const ada = await gallery.addPerson({ name: "Ada", collections: [], faces: [templateOf(0)] });
      await gallery.addPerson({ name: "Ben", collections: [], faces: [templateOf(1)] });
      const search = await searchOver(gallery);
      const faces = [probeOf(0.8, 0.6, 0, 0, 0, 0, 0, 0)];
      const between = (scoreOfCosine(0.8, SAME_PERSON_COSINE) + scoreOfCosine(0.6, SAME_PERSON_COSINE)) / 2;
      expect((await search.search({ ...ask, faces, minScore: between })).map(({ personId }) => personId)).toEqual([
        ada.id,
      ]);
      expect(await search.search({ ...ask, faces, minScore: 0.95 })).toEqual([]);
    });

    it.each([
      ["not a number", [Number.NaN, 0, 0, 0]],
      ["infinite", [Number.POSITIVE_INFINITY, 0, 0, 0]],
      ["nothing", [0, 0, 0, 0]],
    ])("matches nobody with a template that is %s", async (_, broken) => {
      const gallery = new MemoryGallery();
      await gallery.addPerson({ name: "Ada", collections: [], faces: [probeOf(...broken)] });
      await gallery.addPerson({ name: "Ben", collections: [], faces: [probeOf(1, 0, 0, 0)] });
      const search = await searchOver(gallery);
      for (const probe of [probeOf(1, 0, 0, 0), probeOf(...broken)]) {
        const found = await search.search({ ...ask, faces: [probe] });
        expect(isBelievable(found)).toBe(true);
        expect(found.find(({ personId }) => personId === "person-1")?.score).toBe(0);
      }
    });

    it("does not take a template for a match because it is long", async () => {
      const gallery = new MemoryGallery();
      await gallery.addPerson({ name: "Ada", collections: [], faces: [probeOf(3e4, 4e4, 0, 0)] });
      const search = await searchOver(gallery);
      const [found] = await search.search({ ...ask, faces: [probeOf(1, 0, 0, 0)] });
      expect(found?.score).toBeCloseTo(scoreOfCosine(0.6, SAME_PERSON_COSINE), 5);
    });

    it("follows the gallery while it is open", async () => {
      const gallery = new MemoryGallery();
      const search = await searchOver(gallery);
      expect(await search.search({ ...ask, faces: [templateOf(0)] })).toEqual([]);
      const ada = await gallery.addPerson({ name: "Ada", collections: [], faces: [templateOf(0)] });
      await expect.poll(() => search.size(null)).toBe(1);
      await gallery.removePerson(ada.id);
      await expect.poll(() => search.size(null)).toBe(0);
      expect(await search.search({ ...ask, faces: [templateOf(0)] })).toEqual([]);
    });

    it("refuses a face of another model, no face, or too many", async () => {
      const search = await searchOver(new MemoryGallery());
      for (const faces of [[templateOf(0, "model-b")], [], Array.from({ length: 4 }, () => templateOf(0))]) {
        await expect(search.search({ ...ask, faces })).rejects.toMatchObject({ code: "LIMEN_SEARCH_INVALID" });
      }
    });
  });
}
