import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { scoreOfCosine } from "#core/score";
import { type ExactSearch, openExactSearch } from "#engine/exact-search";
import { templateOf } from "../../fakes/faces";
import { MemoryGallery } from "../../fakes/memory-gallery";

let open: ExactSearch | undefined;
afterEach(() => open?.[Symbol.asyncDispose]());

async function engineOver(gallery: MemoryGallery): Promise<ExactSearch> {
  open = await openExactSearch({
    gallery,
    modelId: "model-a",
    samePersonCosine: 0.5,
    onFault: (error) => {
      throw error;
    },
  });
  return open;
}

const ask = {
  collection: null,
  minScore: 0,
  maxResults: 10,
  mode: "ACCURATE",
  signal: new AbortController().signal,
} as const;

function unit(values: readonly number[]): Float32Array {
  const length = Math.hypot(...values) || 1;
  return Float32Array.from(values, (value) => value / length);
}

describe("the exact search", () => {
  it("answers one entry a person, best face each, in score order", async () => {
    const gallery = new MemoryGallery();
    const ada = await gallery.addPerson({ name: "Ada", collections: ["staff"], faces: [templateOf(0), templateOf(1)] });
    const ben = await gallery.addPerson({ name: "Ben", collections: ["guests"], faces: [templateOf(2)] });
    const engine = await engineOver(gallery);
    expect(engine.faces).toBe(3);
    const probe = { modelId: "model-a", values: unit([0, 0.9, 0.3, 0, 0, 0, 0, 0]), norm: 3 };
    const found = await engine.search({ ...ask, faces: [probe] });
    expect(found.map(({ personId }) => personId)).toEqual([ada.id, ben.id]);
    expect(found[0]?.score).toBeCloseTo(scoreOfCosine(0.9 / Math.hypot(0.9, 0.3), 0.5), 6);
  });

  it("looks into one collection only when asked to, by code or id", async () => {
    const gallery = new MemoryGallery();
    await gallery.addPerson({ name: "Ada", collections: ["staff"], faces: [templateOf(0)] });
    const ben = await gallery.addPerson({ name: "Ben", collections: ["guests"], faces: [templateOf(0)] });
    const engine = await engineOver(gallery);
    for (const collection of ["guests", "id-guests"]) {
      const found = await engine.search({ ...ask, faces: [templateOf(0)], collection });
      expect(found.map(({ personId }) => personId)).toEqual([ben.id]);
      expect(engine.size(collection)).toBe(1);
    }
    expect(await engine.search({ ...ask, faces: [templateOf(0)], collection: "nobody" })).toEqual([]);
    expect(engine.size("nobody")).toBe(0);
    expect(engine.size(null)).toBe(2);
  });

  it("orders ties by id", async () => {
    const gallery = new MemoryGallery();
    for (const name of ["B", "A", "C"]) await gallery.addPerson({ name, collections: [], faces: [templateOf(0)] });
    const engine = await engineOver(gallery);
    const found = await engine.search({ ...ask, faces: [templateOf(0)], maxResults: 2 });
    expect(found.map(({ personId }) => personId)).toEqual(["person-1", "person-2"]);
  });

  it("follows the gallery while it runs", async () => {
    const gallery = new MemoryGallery();
    const engine = await engineOver(gallery);
    expect(await engine.search({ ...ask, faces: [templateOf(0)] })).toEqual([]);
    const ada = await gallery.addPerson({ name: "Ada", collections: [], faces: [templateOf(0)] });
    await expect.poll(() => engine.size(null)).toBe(1);
    await gallery.removePerson(ada.id);
    await expect.poll(() => engine.size(null)).toBe(0);
  });

  it("refuses a face of another model, no face, or too many", async () => {
    const engine = await engineOver(new MemoryGallery());
    for (const faces of [[templateOf(0, "model-b")], [], Array.from({ length: 4 }, () => templateOf(0))]) {
      await expect(engine.search({ ...ask, faces })).rejects.toMatchObject({ code: "LIMEN_SEARCH_INVALID" });
    }
  });

  it("finds what a plain loop over everybody finds", async () => {
    const vector = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 8, maxLength: 8 }).map(unit);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(vector, { minLength: 1, maxLength: 3 }), { maxLength: 6 }),
        vector,
        async (people, probe) => {
          const gallery = new MemoryGallery();
          for (const faces of people) {
            await gallery.addPerson({
              name: "P",
              collections: [],
              faces: faces.map((values) => ({ modelId: "model-a", values, norm: 3 })),
            });
          }
          await using engine = await engineOver(gallery);
          const found = await engine.search({ ...ask, faces: [{ modelId: "model-a", values: probe, norm: 3 }] });
          const slow = people.map((faces, i) => ({
            personId: `person-${i + 1}`,
            score: Math.max(
              ...faces.map((face) =>
                scoreOfCosine(
                  face.reduce((sum, value, k) => sum + value * (probe[k] ?? 0), 0),
                  0.5,
                ),
              ),
            ),
          }));
          for (const { personId, score } of slow) {
            expect(found.find((candidate) => candidate.personId === personId)?.score).toBeCloseTo(score, 5);
          }
          expect(found).toEqual([...found].sort((a, b) => b.score - a.score));
        },
      ),
      { numRuns: 60 },
    );
  });
});
