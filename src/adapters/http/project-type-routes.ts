import { z } from "zod";
import { signature, signed } from "#adapters/http/answer";
import { invalid } from "#adapters/http/api-error";
import { requestPictures } from "#adapters/http/image-input";
import { listPeople, listQuery, MOST_A_PAGE, pagination } from "#adapters/http/person-query";
import { keptCollection, keptCollectionOf, keptPerson, keptPersonOf } from "#adapters/http/person-shape";
import {
  givenMinScore,
  givenSearchMode,
  maxResults,
  minScore,
  pictures,
  searchMode,
} from "#adapters/http/request-fields";
import { type Route, route } from "#adapters/http/route";
import { type Found, findPeople, type RouteParts } from "#adapters/http/search-routes";

/** A face to look for, in the words of the pages that ask here: everything else they send is ignored. */
const byFace = z.object({
  ...pictures,
  min_score: givenMinScore.optional(),
  minScore,
  search_mode: givenSearchMode.optional(),
  searchMode,
  max_results: maxResults,
});

/**
 * What the vendor's management pages ask for their people and collections "of a project type". There are no project types here, so
 * these list everybody, or with a picture those it shows.
 */
export function projectTypeRoutes({ ports, desk, clock }: RouteParts): readonly Route[] {
  const { admin } = ports;
  const found = async (body: z.output<typeof byFace>, signal: AbortSignal): Promise<Found[]> => {
    const [image, another] = requestPictures(body);
    if (image === undefined || another !== undefined) throw invalid("this takes one picture");
    const mode = body.search_mode ?? body.searchMode;
    const faces = await desk.probe([image], mode, signal);
    const lookup = { collection: null, minScore: body.min_score ?? body.minScore, maxResults: body.max_results };
    return findPeople(ports, faces, { ...lookup, mode, signal });
  };
  const failures = [412, 413, 415] as const;
  const people = z.object({ data: z.array(keptPerson), signature });
  const collections = z.object({ data: z.array(keptCollection) });

  return [
    route({
      method: "get",
      path: "/persons/project-type/:type",
      name: "listPersonsOfProjectType",
      summary: `The same as /persons, ${MOST_A_PAGE} a page unless told: there are no project types here.`,
      scope: "read",
      query: listQuery,
      answer: people.extend({ pagination, total: z.int() }),
      handle: async ({ query }) => {
        const page = await listPeople(ports, { ...query, limit: query.limit ?? query.take ?? MOST_A_PAGE });
        const data = page.people.map(keptPersonOf);
        return { data, pagination: page.pagination, total: page.total, signature: signed(clock.now()) };
      },
    }),
    route({
      method: "post",
      path: "/persons/project-type/:type",
      name: "findPersonsOfProjectType",
      summary: "The people a picture shows, best first, as /persons shows them. No liveness; nothing is stored.",
      scope: "search",
      failures,
      body: byFace,
      answer: people,
      handle: async ({ body, signal }) => {
        const shown = await admin.persons((await found(body, signal)).map(({ id }) => id));
        return { data: shown.map(keptPersonOf), signature: signed(clock.now()) };
      },
    }),
    route({
      method: "get",
      path: "/collections/project-type/:type",
      name: "listCollectionsOfProjectType",
      summary: "Every collection: there are no project types here.",
      scope: "read",
      answer: collections,
      handle: async () => ({ data: (await admin.collections()).map((each) => keptCollectionOf(each)) }),
    }),
    route({
      method: "post",
      path: "/collections/project-type/:type",
      name: "findCollectionsOfProjectType",
      summary: "The collections with somebody in them whom a picture shows. No liveness; nothing is stored.",
      scope: "search",
      failures,
      body: byFace,
      answer: collections,
      handle: async ({ body, signal }) => {
        const theirs = new Set((await found(body, signal)).flatMap((person) => person.collections.map(({ id }) => id)));
        const data = (await admin.collections()).filter(({ id }) => theirs.has(id));
        return { data: data.map((each) => keptCollectionOf(each)) };
      },
    }),
  ];
}
