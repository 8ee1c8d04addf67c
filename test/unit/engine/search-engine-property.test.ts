import { setImmediate as turn } from "node:timers/promises";
import fc from "fast-check";
import { expect, it } from "vitest";
import { byScore } from "#core/candidate";
import type { Template } from "#core/face";
import { openSearchEngine } from "#engine/search-engine";
import type { SearchRequest } from "#ports/face-search";
import { allFaces } from "../../fakes/all-faces";
import { MemoryGallery } from "../../fakes/memory-gallery";
import { type Judged, openObviousSearch } from "../../fakes/obvious-search";

const TERMS = {
  modelId: "model-a",
  samePersonCosine: 0.4,
  onFault: (error: unknown) => {
    throw error;
  },
};
/** What f32 sums may differ from double precision, in scores. */
const ROUNDING = 2e-6;
/** Of so many people at least the mean of their faces counts. */
const MOST_AVERAGED = 16;

type Vector = readonly number[];
type Step =
  | {
      readonly does: "add";
      readonly people: number;
      readonly faces: readonly Vector[];
      readonly collections: readonly string[];
    }
  | { readonly does: "more"; readonly who: number; readonly face: Vector }
  | { readonly does: "remove"; readonly who: number }
  | {
      readonly does: "search";
      readonly faces: readonly Vector[];
      readonly collection: string | null;
      /** Or between somebody's best face and the mean of their faces. */
      readonly minScore: number | "between";
      readonly maxResults: number;
    };

const DIMENSIONS = [8, 15, 16, 17, 33, 128, 200, 512];
const COLLECTIONS = ["staff", "guests", "lab"];

const made = (seed: number, dimension: number): number[] =>
  Array.from({ length: dimension }, (_, i) => Math.sin(seed * (i + 1) * 12.9898));

/** Pictures of one of a few people: two of one person are about as alike as look-alikes, or more. */
function picturesOf(dimension: number, most: number): fc.Arbitrary<Vector[]> {
  const pictures = fc.record({
    seed: fc.integer({ min: 1, max: 4 }),
    noise: fc.constantFrom(0.5, 0.8, 1.2),
    own: fc.array(fc.integer({ min: 5, max: 1e6 }), { minLength: 1, maxLength: most }),
  });
  return pictures.map(({ seed, noise, own }) => {
    const person = made(seed, dimension);
    return own.map((picture) => made(picture, dimension).map((value, i) => (person[i] ?? 0) + noise * value));
  });
}

/** Few different vectors, so that ties are many; some of them broken. */
function vectorOf(dimension: number): fc.Arbitrary<Vector> {
  return fc.oneof(
    { weight: 8, arbitrary: fc.integer({ min: 1, max: 12 }).map((seed) => made(seed, dimension)) },
    { weight: 4, arbitrary: fc.integer({ min: 1, max: 1e6 }).map((seed) => made(seed, dimension)) },
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
  const vectors = fc.array(vector, { minLength: 1, maxLength: 4 });
  const mixed = fc.tuple(picturesOf(dimension, 4), fc.array(vector, { maxLength: 1 })).map((parts) => parts.flat());
  return fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record<Step & { does: "add" }>({
        does: fc.constant("add"),
        people: fc.constantFrom(1, 1, 1, 1, 12),
        faces: fc.oneof(vectors, mixed),
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
        faces: fc.oneof(fc.array(vector, { minLength: 1, maxLength: 3 }), picturesOf(dimension, 3)),
        collection: fc.constantFrom(null, null, ...COLLECTIONS, "id-lab", "nobody"),
        minScore: fc.constantFrom(0, 0, 0.3, 0.81, 0.99, "between" as const),
        maxResults: fc.constantFrom(1, 2, 5, 100),
      }),
    },
  );
}

const templateOf = (values: Vector): Template => ({ modelId: "model-a", values: Float32Array.from(values), norm: 3 });

it("whatever is enrolled, removed and asked in between, both modes find what the obvious search finds", async () => {
  const runs = fc
    .constantFrom(...DIMENSIONS)
    .chain((dimension) => fc.array(stepOf(dimension), { maxLength: 60, size: "medium" }));
  let compared = 0;
  let byMean = 0;
  await fc.assert(
    fc.asyncProperty(runs, async (steps) => {
      const gallery = new MemoryGallery();
      await using engine = await openSearchEngine({ gallery, ...TERMS });
      await using obvious = await openObviousSearch({ gallery, ...TERMS });
      const ids: string[] = [];
      for (const step of steps) {
        if (step.does === "add") {
          const faces = step.faces.map(templateOf);
          for (let i = 0; i < step.people; i++) {
            ids.push((await gallery.addPerson({ name: "P", collections: step.collections, faces })).id);
          }
        } else if (step.does === "search") {
          await turn();
          const { maxResults, collection } = step;
          const about = { collection, maxResults, faces: step.faces.map(templateOf) };
          const signal = new AbortController().signal;
          const everybody = await obvious.everybody({ ...about, minScore: 0, mode: "ACCURATE", signal });
          const raised = everybody.filter(({ score, ofBestFace }) => score > ofBestFace + 2 * ROUNDING);
          const between = raised[0] === undefined ? 0 : (raised[0].score + raised[0].ofBestFace) / 2;
          const request = { ...about, minScore: step.minScore === "between" ? between : step.minScore };
          const answers: unknown[] = [];
          for (const mode of ["ACCURATE", "FAST"] as const) {
            const found = await engine.search({ ...request, mode, signal });
            check(found, everybody, request);
            answers.push(found);
            compared++;
            if (found.some(({ personId }) => raised.some((one) => one.personId === personId))) byMean++;
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
  expect(byMean).toBeGreaterThan(100);
}, 60_000);

function check(
  found: readonly { personId: string; score: number }[],
  everybody: readonly Judged[],
  { maxResults, minScore }: Pick<SearchRequest, "maxResults" | "minScore">,
): void {
  expect(found).toEqual([...found].sort(byScore));
  const named = new Set(found.map(({ personId }) => personId));
  expect(named.size).toBe(found.length);
  const byBestFace = everybody.map(({ ofBestFace }) => ofBestFace).sort((a, b) => b - a);
  const lastAveraged = byBestFace[Math.max(MOST_AVERAGED, maxResults) - 1] ?? Number.NaN;
  /** What somebody has at least: for people as near as the last whose mean counts, rounding says who of them is. */
  const leastOf = ({ score, ofBestFace }: Judged): number =>
    Math.abs(ofBestFace - lastAveraged) < ROUNDING ? ofBestFace : score;
  for (const { personId, score } of found) {
    const truth = everybody.find((candidate) => candidate.personId === personId);
    const possible = truth === undefined ? [] : [truth.score, leastOf(truth)];
    expect(Math.min(...possible.map((value) => Math.abs(score - value)))).toBeLessThan(ROUNDING);
    expect(score).toBeGreaterThanOrEqual(minScore);
  }
  const last = found.length < maxResults ? minScore : (found.at(-1)?.score ?? 1);
  for (const one of everybody) if (!named.has(one.personId)) expect(leastOf(one)).toBeLessThan(last + ROUNDING);
  const certain = everybody.filter((one) => leastOf(one) > minScore + ROUNDING || minScore === 0).length;
  expect(found.length).toBeGreaterThanOrEqual(Math.min(maxResults, certain));
}
