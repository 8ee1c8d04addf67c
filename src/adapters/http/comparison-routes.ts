import { z } from "zod";
import { enveloped, envelopeOf } from "#adapters/http/answer";
import { noSuchPerson } from "#adapters/http/api-error";
import { picturesOf, requestPictures } from "#adapters/http/image-input";
import { foundPerson, foundPersonOf, roundedScore } from "#adapters/http/person-shape";
import {
  clientOs,
  collectionId,
  imageList,
  minScore,
  pictures,
  score,
  searchMode,
} from "#adapters/http/request-fields";
import { type Route, route } from "#adapters/http/route";
import { namedCollection, type RouteParts } from "#adapters/http/search-routes";
import type { Template } from "#core/face";
import { cosineToPerson } from "#core/mean-face";
import { scoreOfCosine } from "#core/score";
import { meanTemplate } from "#core/template";

const FAILURES = [412, 413, 415] as const;

/** One to one: pictures with pictures, and pictures with somebody enrolled. Neither looks at liveness. */
export function comparisonRoutes({ ports, desk, clock }: RouteParts): readonly Route[] {
  const { admin, finder } = ports;
  const { samePersonCosine } = finder;
  /** Score of the pictures of one person against somebody with these faces, as a search gives it; 0 when there is none. */
  const likeness = (pictures: readonly Template[], faces: readonly Template[]): number => {
    const probe = meanTemplate(pictures);
    return probe === null ? 0 : scoreOfCosine(cosineToPerson(probe, faces, samePersonCosine), samePersonCosine);
  };

  return [
    route({
      method: "post",
      path: "/compare",
      name: "compare",
      summary: "Do these two sets of pictures show the same person? No liveness.",
      scope: "search",
      failures: FAILURES,
      body: z.strictObject({
        probe: imageList,
        gallery: imageList,
        search_mode: searchMode,
        compare_min_score: score("compare_min_score").prefault(0.85),
        os: clientOs,
      }),
      answer: envelopeOf(z.object({ score: z.number(), passed: z.boolean(), compare_min_score: z.number() })),
      handle: async ({ body, signal }) => {
        const [one, other] = [picturesOf(body.probe, "probe"), picturesOf(body.gallery, "gallery")];
        const probe = await desk.probe(one, body.search_mode, signal);
        const gallery = await desk.probe(other, body.search_mode, signal);
        const mean = meanTemplate(gallery);
        const found = likeness(probe, mean === null ? [] : [mean]);
        const { compare_min_score } = body;
        const data = { score: roundedScore(found), passed: found >= compare_min_score, compare_min_score };
        return enveloped(data, clock.now());
      },
    }),
    route({
      method: "post",
      path: "/verify",
      name: "verify",
      summary: "Is this the person of this id? match is null when not. No liveness.",
      scope: "search",
      failures: [404, ...FAILURES],
      body: z.strictObject({
        ...pictures,
        id: z.string().min(1),
        min_score: minScore,
        search_mode: searchMode,
        collection_id: collectionId,
      }),
      answer: envelopeOf(z.object({ match: foundPerson.nullable() })),
      handle: async ({ body, signal }) => {
        const images = requestPictures(body);
        const collection = await namedCollection(ports, body.collection_id);
        const [person] = await admin.persons([body.id]);
        if (person === undefined) throw noSuchPerson();
        const faces = await desk.probe(images, body.search_mode, signal);
        const found = likeness(faces, await admin.templatesOf(person.id, finder.modelId));
        const isMember = collection === null || person.collections.some(({ id }) => id === collection.id);
        const isMatch = person.active && isMember && found > 0 && found >= body.min_score;
        return enveloped({ match: isMatch ? foundPersonOf(person, found) : null }, clock.now());
      },
    }),
  ];
}
