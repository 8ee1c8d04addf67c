import fc from "fast-check";
import { expect, it } from "vitest";
import { systemClock } from "#adapters/clock/system-clock";
import { startWasmThread } from "#adapters/threads/wasm-thread";
import type { Template } from "#core/face";
import { scoreOfCosine } from "#core/score";
import { openSearchEngine } from "#engine/search-engine";
import { MemoryGallery } from "../fakes/memory-gallery";

const FACES = 100_000;
const FACES_A_PERSON = 2;
const PEOPLE = FACES / FACES_A_PERSON;
const DIMENSION = 64;
const KNEE = 0.5;
/** What f32 sums may differ from double precision, in scores. */
const ROUNDING = 2e-6;

/** Numbers that look random and are the same in every run (a linear congruential generator). */
function numbersOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 31 - 1;
  };
}

function vectorOf(seed: number): Float32Array {
  const next = numbersOf(Math.imul(seed, 2_654_435_761));
  const values = Float32Array.from({ length: DIMENSION }, next);
  const length = Math.hypot(...values);
  return values.map((value) => value / length);
}

/** Every hundredth face is the same as the one before the last: ties, of different people. */
const seedOf = (face: number): number => (face % 100 === 99 ? face - 2 : face);
const templateOf = (values: Float32Array): Template => ({ modelId: "model-a", values, norm: 3 });

it("among 100,000 faces both modes find whom a plain loop in double precision finds, also after thousands have left", async () => {
  const gallery = new MemoryGallery();
  const rows = new Float32Array(FACES * DIMENSION);
  const ids: string[] = [];
  for (let person = 0; person < PEOPLE; person++) {
    const faces = Array.from({ length: FACES_A_PERSON }, (_, i) => vectorOf(seedOf(person * FACES_A_PERSON + i)));
    for (const [i, face] of faces.entries()) rows.set(face, (person * FACES_A_PERSON + i) * DIMENSION);
    const collections = person % 7 === 0 ? ["seventh"] : [];
    ids.push((await gallery.addPerson({ name: "P", collections, faces: faces.map(templateOf) })).id);
  }
  await using engine = await openSearchEngine({
    gallery,
    modelId: "model-a",
    samePersonCosine: KNEE,
    startThread: startWasmThread,
    threads: 2,
    longestHereMs: 0.5,
    clock: systemClock,
    onFault: (error) => {
      throw error;
    },
  });
  const gone = new Set<number>();

  /** The best score of everybody who is there and in the collection, by id. */
  const truthOf = (probe: Float32Array, collection: string | null): Map<string, number> => {
    const best = new Map<string, number>();
    for (let person = 0; person < PEOPLE; person++) {
      if (gone.has(person) || (collection !== null && person % 7 !== 0)) continue;
      let score = 0;
      for (let face = person * FACES_A_PERSON; face < (person + 1) * FACES_A_PERSON; face++) {
        let cosine = 0;
        for (let i = 0; i < DIMENSION; i++) cosine += (rows[face * DIMENSION + i] ?? 0) * (probe[i] ?? 0);
        score = Math.max(score, scoreOfCosine(cosine, KNEE));
      }
      best.set(ids[person] ?? "", score);
    }
    return best;
  };

  const ask = async (face: number, noise: number, collection: string | null, maxResults: number): Promise<void> => {
    const own = vectorOf(seedOf(face));
    const next = numbersOf(face + 17);
    const probe = own.map((value) => value + noise * next() * 0.125);
    const length = Math.hypot(...probe);
    const values = probe.map((value) => value / length);
    const truth = truthOf(values, collection);
    const ranked = [...truth.values()].sort((a, b) => b - a);
    const request = { faces: [templateOf(values)], collection, minScore: 0, maxResults };
    const answers = [];
    for (const mode of ["ACCURATE", "FAST"] as const) {
      answers.push(await engine.search({ ...request, mode, signal: new AbortController().signal }));
    }
    const [exact = [], fast] = answers;
    expect(fast).toEqual(exact);
    expect(exact).toHaveLength(Math.min(maxResults, truth.size));
    for (const [place, { personId, score }] of exact.entries()) {
      expect(Math.abs(score - (truth.get(personId) ?? Number.NaN))).toBeLessThan(ROUNDING);
      expect(Math.abs(score - (ranked[place] ?? Number.NaN))).toBeLessThan(ROUNDING);
      const after = exact[place + 1];
      if (after?.score === score) expect(personId < after.personId).toBe(true);
    }
  };

  const everyQuestion = fc.asyncProperty(
    fc.nat(FACES - 1),
    fc.constantFrom(0, 0.3, 1),
    fc.constantFrom(null, "seventh"),
    fc.constantFrom(1, 5, 100),
    ask,
  );
  await fc.assert(everyQuestion, { numRuns: 25 });
  expect(engine.scans.inThreads).toBeGreaterThan(0);

  for (let person = 1; person < PEOPLE; person += 11) {
    gone.add(person);
    await gallery.removePerson(ids[person] ?? "");
  }
  await expect.poll(() => engine.faces, { timeout: 20_000 }).toBe(FACES - gone.size * FACES_A_PERSON);
  await fc.assert(everyQuestion, { numRuns: 25 });
});
