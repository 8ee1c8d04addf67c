import { afterEach, describe, expect, it } from "vitest";
import { type Candidate, isBelievable } from "#core/candidate";
import type { Template } from "#core/face";
import { cosineToPerson } from "#core/mean-face";
import { scoreOfCosine } from "#core/score";
import { openSearchEngine, type SearchEngine } from "#engine/search-engine";
import type { SearchRequest } from "#ports/face-search";
import { flush } from "../../fakes/fake-clock";
import { MemoryGallery } from "../../fakes/memory-gallery";

const KNEE = 0.5;
const DIMENSION = 64;

/** A face of unit length (if it has one) whose first numbers are these; broken ones stay broken. */
function faceOf(...numbers: number[]): Template {
  const length = Math.hypot(...numbers);
  const values = Float32Array.from({ length: DIMENSION }, (_, i) => (numbers[i] ?? 0) / (length > 0 ? length : 1));
  return { modelId: "model-a", values, norm: 3 };
}

/** Two photos of one person, turned to one side and the other: cosine 0.62, and each 0.9 to the face between them. */
const LEFT = faceOf(0.9, Math.sqrt(0.19));
const RIGHT = faceOf(0.9, -Math.sqrt(0.19));
/** A picture of that person: 0.72 to each of the two, 0.8 to the face between them. */
const PROBE = faceOf(0.8, 0, 0.6);
/** Somebody else, 0.75 to the probe. */
const OTHER = faceOf(0.6, 0, 0.45, Math.sqrt(1 - 0.75 ** 2));

let opened: SearchEngine | undefined;
afterEach(() => opened?.[Symbol.asyncDispose]());

async function engineOver(gallery: MemoryGallery): Promise<SearchEngine> {
  opened = await openSearchEngine({
    gallery,
    modelId: "model-a",
    samePersonCosine: KNEE,
    onFault: (error) => {
      throw error;
    },
  });
  return opened;
}

/** A gallery of people who have these faces: person-1, person-2, … */
async function engineOf(...people: readonly (readonly Template[])[]): Promise<SearchEngine> {
  const gallery = new MemoryGallery();
  for (const faces of people) await gallery.addPerson({ name: "P", collections: [], faces });
  return engineOver(gallery);
}

describe.each(["ACCURATE", "FAST"] as const)("the mean of somebody's faces, %s", (mode) => {
  const found = (engine: SearchEngine, changes: Partial<SearchRequest> = {}): Promise<Candidate[]> =>
    engine.search({
      faces: [PROBE],
      collection: null,
      minScore: 0,
      maxResults: 10,
      mode,
      signal: new AbortController().signal,
      ...changes,
    });
  const scoreOfFirst = async (engine: SearchEngine, changes?: Partial<SearchRequest>): Promise<number | undefined> =>
    (await found(engine, changes))[0]?.score;

  it("of two photos scores higher than either for a picture between them", async () => {
    expect(await scoreOfFirst(await engineOf([LEFT]))).toBeCloseTo(scoreOfCosine(0.72, KNEE), 6);
    expect(await scoreOfFirst(await engineOf([RIGHT]))).toBeCloseTo(scoreOfCosine(0.72, KNEE), 6);
    expect(await scoreOfFirst(await engineOf([LEFT, RIGHT]))).toBeCloseTo(scoreOfCosine(0.8, KNEE), 6);
  });

  it("takes nothing from a picture that is nearer to one of them", async () => {
    expect(await scoreOfFirst(await engineOf([LEFT, RIGHT]), { faces: [LEFT] })).toBeCloseTo(1, 6);
  });

  it("of one face is that face", async () => {
    const engine = await engineOf([LEFT]);
    for (const [probe, cosine] of [
      [PROBE, 0.72],
      [faceOf(1), 0.9],
      [LEFT, 1],
    ] as const) {
      expect(await scoreOfFirst(engine, { faces: [probe] })).toBeCloseTo(scoreOfCosine(cosine, KNEE), 6);
    }
  });

  it("is none where a stranger's picture is enrolled under the same name: nothing in between is like both", async () => {
    const stranger = faceOf(0, 0, 1);
    const between = faceOf(Math.SQRT1_2, 0, Math.SQRT1_2);
    expect(await scoreOfFirst(await engineOf([faceOf(1), stranger]), { faces: [between] })).toBeCloseTo(
      scoreOfCosine(Math.SQRT1_2, KNEE),
      6,
    );
    expect(await scoreOfFirst(await engineOf([LEFT, RIGHT, stranger]))).toBeCloseTo(scoreOfCosine(0.72, KNEE), 6);
  });

  it("begins where the faces are as alike as look-alikes, cosine 0.40", async () => {
    const pair = (cosine: number): Template[] =>
      [1, -1].map((side) => faceOf(Math.sqrt((1 + cosine) / 2), side * Math.sqrt((1 - cosine) / 2)));
    const ask = { faces: [faceOf(1)] };
    const best = (cosine: number): number => scoreOfCosine(Math.sqrt((1 + cosine) / 2), KNEE);
    expect(await scoreOfFirst(await engineOf(pair(0.399)), ask)).toBeCloseTo(best(0.399), 6);
    expect(await scoreOfFirst(await engineOf(pair(0.401)), ask)).toBeCloseTo(1, 6);
  });

  it("finds whoever reaches the lowest score by it alone, however far from it each of their faces is", async () => {
    const alike = 0.401;
    const faces = Array.from({ length: 60 }, (_, i) => {
      const own = new Array<number>(i + 2).fill(0);
      own[0] = Math.sqrt(alike);
      own[i + 1] = Math.sqrt(1 - alike);
      return faceOf(...own);
    });
    const engine = await engineOf([OTHER], faces);
    const ask = { faces: [faceOf(1)], minScore: 0.98 };
    const [first, ...others] = await found(engine, ask);
    expect(others).toEqual([]);
    expect(first?.personId).toBe("person-2");
    // 0.633 to each of the faces.
    expect(first?.score).toBeCloseTo(scoreOfCosine(Math.sqrt(alike / (alike + (1 - alike) / 60)), KNEE), 5);
    expect(await found(engine, { ...ask, minScore: 0.999 })).toEqual([]);
  });

  it("puts whoever is nearer by it first, also where the list is cut", async () => {
    const engine = await engineOf([OTHER], [LEFT, RIGHT]);
    expect((await found(engine)).map(({ personId }) => personId)).toEqual(["person-2", "person-1"]);
    expect((await found(engine, { maxResults: 1 })).map(({ personId }) => personId)).toEqual(["person-2"]);
  });

  it("counts for the 16 people whose best face comes first, or for as many as are asked for", async () => {
    const gallery = new MemoryGallery();
    for (let i = 0; i < 16; i++) await gallery.addPerson({ name: "P", collections: [], faces: [OTHER] });
    const last = await gallery.addPerson({ name: "Last", collections: ["staff"], faces: [LEFT, RIGHT] });
    const engine = await engineOver(gallery);
    const ofMean = scoreOfCosine(0.8, KNEE);
    expect((await found(engine)).map(({ score }) => score)).not.toContain(expect.closeTo(ofMean, 6));
    expect((await found(engine, { maxResults: 16 })).some(({ personId }) => personId === last.id)).toBe(false);
    for (const changes of [{ maxResults: 17 }, { collection: "staff" }]) {
      expect((await found(engine, changes))[0]).toEqual({ personId: last.id, score: expect.closeTo(ofMean, 6) });
    }
    await gallery.removePerson("person-7");
    await flush();
    expect((await found(engine))[0]).toEqual({ personId: last.id, score: expect.closeTo(ofMean, 6) });
  });

  it("follows the faces that are added, and the person who is removed", async () => {
    const gallery = new MemoryGallery();
    const ada = await gallery.addPerson({ name: "Ada", collections: [], faces: [LEFT] });
    const engine = await engineOver(gallery);
    expect(await scoreOfFirst(engine)).toBeCloseTo(scoreOfCosine(0.72, KNEE), 6);
    await gallery.addFaces(ada.id, [RIGHT]);
    await flush();
    expect(await scoreOfFirst(engine)).toBeCloseTo(scoreOfCosine(0.8, KNEE), 6);
    await gallery.removePerson(ada.id);
    await gallery.addPerson({ name: "Ben", collections: [], faces: [RIGHT] });
    await flush();
    expect(await scoreOfFirst(engine)).toBeCloseTo(scoreOfCosine(0.72, KNEE), 6);
  });

  it("makes no difference to a picture that is enrolled several times: ties stay in the order of ids", async () => {
    const face = faceOf(...Array.from({ length: DIMENSION }, (_, i) => Math.sin(i + 1)));
    const probe = faceOf(...Array.from({ length: DIMENSION }, (_, i) => Math.sin(i + 1) + Math.cos(3 * i)));
    const engine = await engineOf([face], [face, face, face], [face, face], [face]);
    const answer = await found(engine, { faces: [probe] });
    expect(answer.map(({ personId }) => personId)).toEqual(["person-1", "person-2", "person-3", "person-4"]);
    expect(new Set(answer.map(({ score }) => score)).size).toBe(1);
  });

  it("is neither made nor unmade by broken faces", async () => {
    const broken = [faceOf(Number.NaN, 1), faceOf(0), faceOf(Number.POSITIVE_INFINITY)];
    const engine = await engineOf([LEFT, ...broken], [LEFT, RIGHT, ...broken], [...broken, ...broken]);
    expect(await found(engine)).toEqual([
      { personId: "person-2", score: expect.closeTo(scoreOfCosine(0.8, KNEE), 6) },
      { personId: "person-1", score: expect.closeTo(scoreOfCosine(0.72, KNEE), 6) },
      { personId: "person-3", score: 0 },
    ]);
    for (const face of broken) {
      expect((await found(engine, { faces: [face] })).map(({ score }) => score)).toEqual([0, 0, 0]);
    }
  });

  it("counts one to one as in a search", async () => {
    for (let seed = 1; seed <= 20; seed++) {
      const near = (step: number): Template =>
        faceOf(
          ...Array.from({ length: DIMENSION }, (_, i) => Math.sin(seed * (i + 1)) + step * Math.cos(seed + i * step)),
        );
      const faces = [near(0.1 * seed), near(-0.1 * seed), near(0.02 * seed)].slice(0, 1 + (seed % 3));
      for (const probe of [near(0), near(1), faces[0] ?? near(0)]) {
        const engine = await engineOf(faces);
        const oneToOne = scoreOfCosine(cosineToPerson(probe, faces, KNEE), KNEE);
        expect(oneToOne).toBeCloseTo((await scoreOfFirst(engine, { faces: [probe] })) ?? -1, 5);
        await engine[Symbol.asyncDispose]();
      }
    }
    expect(cosineToPerson(PROBE, [LEFT, RIGHT], KNEE)).toBeCloseTo(0.8, 6);
    expect(cosineToPerson(PROBE, [LEFT, faceOf(Number.NaN, 1)], KNEE)).toBeCloseTo(0.72, 6);
    expect(cosineToPerson(PROBE, [], KNEE)).toBe(0);
  });

  it("never scores above 1", async () => {
    for (let seed = 1; seed <= 20; seed++) {
      const near = (step: number): Template =>
        faceOf(...Array.from({ length: DIMENSION }, (_, i) => Math.sin(seed * (i + 1)) + step * Math.cos(i)));
      const engine = await engineOf([near(1e-3), near(-1e-3)], [near(0)]);
      const answer = await found(engine, { faces: [near(0)] });
      expect(isBelievable(answer)).toBe(true);
      expect(answer[0]?.score).toBeCloseTo(1, 5);
      await engine[Symbol.asyncDispose]();
    }
  });
});
