import fc from "fast-check";
import { expect, it } from "vitest";
import { systemClock } from "#adapters/clock/system-clock";
import { startWasmThread } from "#adapters/threads/wasm-thread";
import { byScore, type Candidate } from "#core/candidate";
import type { Template } from "#core/face";
import { scoreOfCosine } from "#core/score";
import { openSearchEngine } from "#engine/search-engine";
import { MemoryGallery } from "../fakes/memory-gallery";

const FACES = 100_000;
const FACES_A_PERSON = 2;
const PEOPLE = FACES / FACES_A_PERSON;
const DIMENSION = 64;
const KNEE = 0.5;
/** Of so many people at least the mean of their faces counts. */
const MOST_AVERAGED = 16;
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

function unit(values: Float32Array): Float32Array {
  const length = Math.hypot(...values);
  return values.map((value) => value / length);
}

const vectorOf = (seed: number): Float32Array =>
  unit(Float32Array.from({ length: DIMENSION }, numbersOf(Math.imul(seed, 2_654_435_761))));

/**
 * Every hundredth face is the same as the one before the last: ties, of different people. The second face of every fifth person is
 * about as much like the first (cosine 0.7) as two pictures of one person are; those of others are strangers'.
 */
function faceOf(face: number): Float32Array {
  const own = vectorOf(face % 100 === 99 ? face - 2 : face);
  if (face % (5 * FACES_A_PERSON) !== 1) return own;
  const first = faceOf(face - 1);
  return unit(own.map((value, i) => value + (first[i] ?? 0)));
}

const templateOf = (values: Float32Array): Template => ({ modelId: "model-a", values, norm: 3 });

it("among 100,000 faces both modes find whom a plain loop in double precision finds, also after thousands have left", async () => {
  const gallery = new MemoryGallery();
  const rows = new Float32Array(FACES * DIMENSION);
  const ids: string[] = [];
  for (let person = 0; person < PEOPLE; person++) {
    const faces = Array.from({ length: FACES_A_PERSON }, (_, i) => faceOf(person * FACES_A_PERSON + i));
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
  let byMean = 0;

  /** Product of a face and another vector. */
  const cosineOf = (face: number, other: Float32Array): number => {
    let cosine = 0;
    for (let i = 0; i < DIMENSION; i++) cosine += (rows[face * DIMENSION + i] ?? 0) * (other[i] ?? 0);
    return cosine;
  };

  /** The score of the mean of both faces, 0 where they are less alike than look-alikes. */
  const scoreOfMean = (person: number, probe: Float32Array): number => {
    const [one, two] = [person * FACES_A_PERSON, person * FACES_A_PERSON + 1];
    const alike = cosineOf(one, rows.subarray(two * DIMENSION, (two + 1) * DIMENSION));
    const sum = cosineOf(one, probe) + cosineOf(two, probe);
    return alike < 0.4 ? 0 : scoreOfCosine(sum / Math.sqrt(2 + 2 * alike), KNEE);
  };

  /** The score of everybody who is there and in the collection, by id: the best face's, and the mean's for those who come first. */
  const truthOf = (probe: Float32Array, collection: string | null, maxResults: number): Map<string, number> => {
    const best: (Candidate & { person: number })[] = [];
    for (let person = 0; person < PEOPLE; person++) {
      if (gone.has(person) || (collection !== null && person % 7 !== 0)) continue;
      const [one, two] = [person * FACES_A_PERSON, person * FACES_A_PERSON + 1];
      const cosine = Math.max(cosineOf(one, probe), cosineOf(two, probe));
      best.push({ person, personId: ids[person] ?? "", score: scoreOfCosine(cosine, KNEE) });
    }
    const scores = new Map(best.map(({ personId, score }) => [personId, score]));
    for (const { person, personId, score } of best.sort(byScore).slice(0, Math.max(MOST_AVERAGED, maxResults))) {
      const ofMean = scoreOfMean(person, probe);
      if (ofMean > score + ROUNDING) byMean++;
      scores.set(personId, Math.max(score, ofMean));
    }
    return scores;
  };

  const ask = async (face: number, noise: number, collection: string | null, maxResults: number): Promise<void> => {
    const next = numbersOf(face + 17);
    const values = unit(faceOf(face).map((value) => value + noise * next() * 0.125));
    const truth = truthOf(values, collection, maxResults);
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
  expect(byMean).toBeGreaterThan(0);
});
