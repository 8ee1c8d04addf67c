import { setImmediate as turn } from "node:timers/promises";
import fc from "fast-check";
import { expect, it } from "vitest";
import { byScore } from "#core/candidate";
import type { Template } from "#core/face";
import { openSearchEngine } from "#engine/search-engine";
import type { SearchRequest } from "#ports/face-search";
import { allFaces } from "../../fakes/all-faces";
import { MemoryGallery } from "../../fakes/memory-gallery";
import { openObviousSearch } from "../../fakes/obvious-search";

const TERMS = {
  modelId: "model-a",
  samePersonCosine: 0.4,
  onFault: (error: unknown) => {
    throw error;
  },
};
/** What f32 sums may differ from double precision, in scores. */
const ROUNDING = 2e-6;

type Vector = readonly number[];
type Step =
  | { readonly does: "add"; readonly faces: readonly Vector[]; readonly collections: readonly string[] }
  | { readonly does: "more"; readonly who: number; readonly face: Vector }
  | { readonly does: "remove"; readonly who: number }
  | {
      readonly does: "search";
      readonly faces: readonly Vector[];
      readonly collection: string | null;
      readonly minScore: number;
      readonly maxResults: number;
    };

const DIMENSIONS = [8, 15, 16, 17, 33, 128, 200, 512];
const COLLECTIONS = ["staff", "guests", "lab"];

/** Few different vectors, so that ties are many; some of them broken. */
function vectorOf(dimension: number): fc.Arbitrary<Vector> {
  const made = (seed: number): Vector =>
    Array.from({ length: dimension }, (_, i) => Math.sin(seed * (i + 1) * 12.9898));
  return fc.oneof(
    { weight: 8, arbitrary: fc.integer({ min: 1, max: 12 }).map(made) },
    { weight: 4, arbitrary: fc.integer({ min: 1, max: 1e6 }).map(made) },
    {
      weight: 1,
      arbitrary: fc
        .integer({ min: 0, max: dimension - 1 })
        .map((at) => Array.from({ length: dimension }, (_, i) => (i === at ? -1 : 0))),
    },
    {
      weight: 1,
      arbitrary: fc
        .constantFrom(Number.NaN, 0, 1e30, 1e-30)
        .map((value) => Array.from({ length: dimension }, () => value)),
    },
  );
}

function stepOf(dimension: number): fc.Arbitrary<Step> {
  const vector = vectorOf(dimension);
  return fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record<Step & { does: "add" }>({
        does: fc.constant("add"),
        faces: fc.array(vector, { minLength: 1, maxLength: 4 }),
        collections: fc.subarray(COLLECTIONS),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record<Step & { does: "more" }>({ does: fc.constant("more"), who: fc.nat(40), face: vector }),
    },
    { weight: 3, arbitrary: fc.record<Step & { does: "remove" }>({ does: fc.constant("remove"), who: fc.nat(40) }) },
    {
      weight: 4,
      arbitrary: fc.record<Step & { does: "search" }>({
        does: fc.constant("search"),
        faces: fc.array(vector, { minLength: 1, maxLength: 3 }),
        collection: fc.constantFrom(null, null, ...COLLECTIONS, "id-lab", "nobody"),
        minScore: fc.constantFrom(0, 0, 0.3, 0.81, 0.99),
        maxResults: fc.constantFrom(1, 2, 5, 100),
      }),
    },
  );
}

const templateOf = (values: Vector): Template => ({ modelId: "model-a", values: Float32Array.from(values), norm: 3 });

it("whatever is enrolled, removed and asked in between, both modes find what the obvious search finds", async () => {
  const runs = fc.constantFrom(...DIMENSIONS).chain((dimension) => fc.array(stepOf(dimension), { maxLength: 60 }));
  let compared = 0;
  await fc.assert(
    fc.asyncProperty(runs, async (steps) => {
      const gallery = new MemoryGallery();
      await using engine = await openSearchEngine({ gallery, ...TERMS });
      await using obvious = await openObviousSearch({ gallery, ...TERMS });
      const ids: string[] = [];
      for (const step of steps) {
        if (step.does === "add") {
          const faces = step.faces.map(templateOf);
          ids.push((await gallery.addPerson({ name: "P", collections: step.collections, faces })).id);
        } else if (step.does === "search") {
          await turn();
          const { maxResults, minScore, collection } = step;
          const request = { collection, maxResults, minScore, faces: step.faces.map(templateOf) };
          const signal = new AbortController().signal;
          const everybody = await obvious.everybody({ ...request, minScore: 0, mode: "ACCURATE", signal });
          const answers: unknown[] = [];
          for (const mode of ["ACCURATE", "FAST"] as const) {
            const found = await engine.search({ ...request, mode, signal });
            check(found, everybody, request);
            answers.push(found);
            compared++;
          }
          expect(answers[1]).toEqual(answers[0]);
          expect(engine.size(collection)).toBe(everybody.length);
        } else {
          const id = ids[step.who % Math.max(1, ids.length)] ?? "nobody";
          if (step.does === "remove") {
            if (await gallery.removePerson(id)) ids.splice(ids.indexOf(id), 1);
          } else if (ids.includes(id)) await gallery.addFaces(id, [templateOf(step.face)]);
        }
      }
      await turn();
      expect(engine.faces).toBe((await allFaces(gallery, "model-a")).length);
    }),
    { numRuns: 400 },
  );
  expect(compared).toBeGreaterThan(500);
}, 60_000);

function check(
  found: readonly { personId: string; score: number }[],
  everybody: readonly { personId: string; score: number }[],
  { maxResults, minScore }: Pick<SearchRequest, "maxResults" | "minScore">,
): void {
  expect(found).toEqual([...found].sort(byScore));
  const named = new Set(found.map(({ personId }) => personId));
  expect(named.size).toBe(found.length);
  for (const { personId, score } of found) {
    const truth = everybody.find((candidate) => candidate.personId === personId)?.score ?? Number.NaN;
    expect(Math.abs(score - truth)).toBeLessThan(ROUNDING);
    expect(score).toBeGreaterThanOrEqual(minScore);
  }
  const last = found.length < maxResults ? minScore : (found.at(-1)?.score ?? 1);
  for (const { personId, score } of everybody) if (!named.has(personId)) expect(score).toBeLessThan(last + ROUNDING);
  const certain = everybody.filter(({ score }) => score > minScore + ROUNDING || minScore === 0).length;
  expect(found.length).toBeGreaterThanOrEqual(Math.min(maxResults, certain));
}
