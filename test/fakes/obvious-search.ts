import { byScore, type Candidate } from "#core/candidate";
import { scoreOfCosine } from "#core/score";
import { LimenError } from "#errors";
import type { FaceSearch, SearchRequest } from "#ports/face-search";
import type { Gallery } from "#ports/gallery";
import { allFaces } from "./all-faces";

type Vector = readonly number[];

/** Somebody with the score their best face alone would give them. */
export interface Judged extends Candidate {
  readonly ofBestFace: number;
}

/** People at least who are judged by the mean of their faces too, those with the best faces. */
const MOST_AVERAGED = 16;
/** Look-alikes have score 0.648, one person has 0.81 at the knee; below the knee score and cosine are in proportion. */
const LOOK_ALIKE_IN_KNEES = 0.648 / 0.81;

/** Unit length; zero for what has no length. */
function unit(values: Vector): Vector {
  const length = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
  return values.map((value) => (length > 0 && length < Number.POSITIVE_INFINITY ? value / length : 0));
}

const sumOf = (vectors: readonly Vector[]): Vector =>
  (vectors[0] ?? []).map((_, i) => vectors.reduce((sum, values) => sum + (values[i] ?? 0), 0));

const cosineOf = (a: Vector, b: Vector): number => a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);

/** The mean of somebody's faces, or null: of one face, or of faces that are on average less alike than look-alikes. */
function meanOf(faces: readonly Vector[], knee: number): Vector | null {
  const usable = faces.filter((face) => face.some((value) => value !== 0));
  const pairs = usable.flatMap((face, i) => usable.slice(i + 1).map((other) => cosineOf(face, other)));
  if (pairs.length === 0) return null;
  const alike = pairs.reduce((sum, cosine) => sum + cosine, 0) / pairs.length;
  return alike >= LOOK_ALIKE_IN_KNEES * knee ? unit(sumOf(usable)) : null;
}

/** A search nobody can misread: everybody, one after the other, in double precision. What the engine must agree with. */
export async function openObviousSearch(options: {
  gallery: Gallery;
  modelId: string;
  samePersonCosine: number;
}): Promise<FaceSearch & AsyncDisposable & { everybody(request: SearchRequest): Promise<Judged[]> }> {
  const { gallery, modelId, samePersonCosine: knee } = options;
  let people = await gallery.people();
  const stop = new AbortController();
  const following = (async () => {
    for await (const _ of gallery.changes(stop.signal)) people = await gallery.people();
  })();

  const isIn = async (collections: readonly string[], wanted: string | null): Promise<boolean> =>
    wanted === null || collections.includes((await gallery.collection(wanted))?.id ?? "none");

  const facesOfPeople = async (collection: string | null): Promise<Map<string, Vector[]>> => {
    const facesOf = new Map<string, Vector[]>();
    for (const { personId, template } of await allFaces(gallery, modelId)) {
      const person = await gallery.person(personId);
      if (person === null || !(await isIn(person.collections, collection))) continue;
      facesOf.set(personId, [...(facesOf.get(personId) ?? []), unit([...template.values])]);
    }
    return facesOf;
  };

  const everybody = async ({ faces, collection, minScore, maxResults }: SearchRequest): Promise<Judged[]> => {
    const wrong = faces.length < 1 || faces.length > 3 || faces.some((face) => face.modelId !== modelId);
    if (wrong) throw new LimenError("LIMEN_SEARCH_INVALID", "one to three faces of this gallery's model");
    const probe = unit(sumOf(faces.map(({ values }) => [...values])));
    const scoreOf = (face: Vector): number => scoreOfCosine(cosineOf(face, probe), knee);
    const facesOf = await facesOfPeople(collection);
    return [...facesOf]
      .map(([personId, own]) => ({ personId, score: Math.max(...own.map(scoreOf)) }))
      .sort(byScore)
      .map(({ personId, score: ofBestFace }, place) => {
        const mean = meanOf(facesOf.get(personId) ?? [], knee);
        const isAveraged = mean !== null && place < Math.max(MOST_AVERAGED, maxResults);
        return { personId, ofBestFace, score: isAveraged ? Math.max(ofBestFace, scoreOf(mean)) : ofBestFace };
      })
      .filter(({ score }) => score >= minScore)
      .sort(byScore);
  };

  return {
    everybody,
    search: async (request) =>
      (await everybody(request)).slice(0, request.maxResults).map(({ personId, score }) => ({ personId, score })),
    size: (collection) =>
      people.filter(
        ({ collections, faces }) =>
          faces > 0 &&
          (collection === null || collections.some((id) => id === collection || id === `id-${collection}`)),
      ).length,
    async [Symbol.asyncDispose]() {
      stop.abort();
      await following;
    },
  };
}
