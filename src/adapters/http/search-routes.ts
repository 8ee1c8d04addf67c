import { z } from "zod";
import { enveloped, envelopeOf } from "#adapters/http/answer";
import { noSuchCollection } from "#adapters/http/api-error";
import type { ApiPorts } from "#adapters/http/api-parts";
import type { FaceDesk } from "#adapters/http/face-desk";
import { requestPictures } from "#adapters/http/image-input";
import { foundPerson, foundPersonOf } from "#adapters/http/person-shape";
import {
  clientOs,
  collectionId,
  maxResults,
  minScore,
  pictures,
  score,
  searchMode,
} from "#adapters/http/request-fields";
import { type Route, route } from "#adapters/http/route";
import type { Template } from "#core/face";
import type { Clock } from "#ports/clock";
import type { CollectionRecord } from "#ports/gallery-admin";

export interface RouteParts {
  readonly ports: ApiPorts;
  readonly desk: FaceDesk;
  readonly clock: Clock;
}

export type Found = z.infer<typeof foundPerson>;

export interface Lookup {
  readonly collection: CollectionRecord | null;
  readonly minScore: number;
  readonly maxResults: number;
  readonly mode: "FAST" | "ACCURATE";
  readonly signal: AbortSignal;
}

/** The collection a request names, null for everybody. Throws 404 invalid_collection. */
export async function namedCollection(
  { admin }: ApiPorts,
  named: string | null | undefined,
): Promise<CollectionRecord | null> {
  if (named === null || named === undefined) return null;
  const collection = await admin.collection(named);
  if (collection === null) throw noSuchCollection();
  return collection;
}

/** People the faces (of one person) look like, best first, as the contract shows them. */
export async function findPeople(ports: ApiPorts, faces: readonly Template[], lookup: Lookup): Promise<Found[]> {
  const { collection, signal, mode } = lookup;
  // The index may not know a collection yet that was made a moment ago; with nobody in it the answer is known.
  if (collection?.count === 0) return [];
  const candidates = await ports.search.search({
    faces,
    collection: collection?.id ?? null,
    minScore: lookup.minScore,
    maxResults: lookup.maxResults,
    mode,
    signal,
  });
  const people = await ports.admin.persons(candidates.map(({ personId }) => personId));
  const scores = new Map(candidates.map((candidate) => [candidate.personId, candidate.score]));
  return people.filter(({ active }) => active).map((person) => foundPersonOf(person, scores.get(person.id) ?? 0));
}

const searchFields = {
  ...pictures,
  min_score: minScore,
  search_mode: searchMode,
  collection_id: collectionId,
  max_results: maxResults,
};

const notChecked = z.object({
  status: z.literal("not_checked"),
  passed: z.literal(false),
  score: z.null(),
});

/** Everything that looks a face up among all. */
export function searchRoutes({ ports, desk, clock }: RouteParts): readonly Route[] {
  const search = async (
    body: z.output<z.ZodObject<typeof searchFields>>,
    probe: FaceDesk["probe"],
    signal: AbortSignal,
  ): Promise<Found[]> => {
    const images = requestPictures(body);
    const collection = await namedCollection(ports, body.collection_id);
    const faces = await probe(images, body.search_mode, signal);
    return findPeople(ports, faces, {
      collection,
      minScore: body.min_score,
      maxResults: body.max_results,
      mode: body.search_mode,
      signal,
    });
  };
  const failures = [404, 412, 413, 415] as const;

  return [
    route({
      method: "post",
      path: "/search",
      name: "search",
      summary: "Who is this? People whose enrolled faces match, best first. No liveness; nothing is stored.",
      scope: "search",
      failures,
      body: z.strictObject(searchFields),
      answer: envelopeOf(z.array(foundPerson)),
      handle: async ({ body, signal }) => enveloped(await search(body, desk.probe, signal), clock.now()),
    }),
    route({
      method: "post",
      path: "/search/crops",
      name: "searchCrops",
      summary: "The same for pictures that were cut out around a face.",
      scope: "search",
      failures,
      body: z.strictObject(searchFields),
      answer: envelopeOf(z.array(foundPerson)),
      handle: async ({ body, signal }) => enveloped(await search(body, desk.probeCrops, signal), clock.now()),
    }),
    route({
      method: "post",
      path: "/search-active-user",
      name: "searchActiveUser",
      summary: "The same for one picture, without liveness: the answer says so and never that liveness passed.",
      scope: "search",
      failures,
      body: z.strictObject({
        ...searchFields,
        os: clientOs,
        liveness_min_score: score("liveness_min_score").optional(),
      }),
      answer: envelopeOf(z.object({ persons: z.array(foundPerson), liveness: notChecked })),
      handle: async ({ body, signal }) =>
        enveloped(
          {
            persons: await search(body, desk.probe, signal),
            liveness: { status: "not_checked" as const, passed: false as const, score: null },
          },
          clock.now(),
        ),
    }),
  ];
}
