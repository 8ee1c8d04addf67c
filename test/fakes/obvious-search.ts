import { byScore, type Candidate } from "#core/candidate";
import { scoreOfCosine } from "#core/score";
import { LimenError } from "#errors";
import type { FaceSearch, SearchRequest } from "#ports/face-search";
import type { Gallery } from "#ports/gallery";
import { allFaces } from "./all-faces";

/** Unit length; zero for what has no length. */
function unit(values: readonly number[]): readonly number[] {
  const length = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
  return values.map((value) => (length > 0 && length < Number.POSITIVE_INFINITY ? value / length : 0));
}

/** A search nobody can misread: everybody, one after the other, in double precision. What the engine must agree with. */
export async function openObviousSearch(options: {
  gallery: Gallery;
  modelId: string;
  samePersonCosine: number;
}): Promise<FaceSearch & AsyncDisposable & { everybody(request: SearchRequest): Promise<Candidate[]> }> {
  const { gallery, modelId } = options;
  let people = await gallery.people();
  const stop = new AbortController();
  const following = (async () => {
    for await (const _ of gallery.changes(stop.signal)) people = await gallery.people();
  })();

  const isIn = async (collections: readonly string[], wanted: string | null): Promise<boolean> =>
    wanted === null || collections.includes((await gallery.collection(wanted))?.id ?? "none");

  const everybody = async ({ faces, collection, minScore }: SearchRequest): Promise<Candidate[]> => {
    const wrong = faces.length < 1 || faces.length > 3 || faces.some((face) => face.modelId !== modelId);
    if (wrong) throw new LimenError("LIMEN_SEARCH_INVALID", "one to three faces of this gallery's model");
    const length = faces[0]?.values.length ?? 0;
    const probe = unit(Array.from({ length }, (_, i) => faces.reduce((sum, face) => sum + (face.values[i] ?? 0), 0)));
    const best = new Map<string, number>();
    for (const { personId, template } of await allFaces(gallery, modelId)) {
      const person = await gallery.person(personId);
      if (person === null || !(await isIn(person.collections, collection))) continue;
      const cosine = unit([...template.values]).reduce((sum, value, i) => sum + value * (probe[i] ?? 0), 0);
      const score = scoreOfCosine(cosine, options.samePersonCosine);
      best.set(personId, Math.max(score, best.get(personId) ?? 0));
    }
    return [...best]
      .map(([personId, score]) => ({ personId, score }))
      .filter(({ score }) => score >= minScore)
      .sort(byScore);
  };

  return {
    everybody,
    search: async (request) => (await everybody(request)).slice(0, request.maxResults),
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
