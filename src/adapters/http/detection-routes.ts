import { z } from "zod";
import { enveloped, envelopeOf } from "#adapters/http/answer";
import { invalid } from "#adapters/http/api-error";
import type { DetectedFace } from "#adapters/http/face-desk";
import { requestPictures } from "#adapters/http/image-input";
import { foundPerson, roundedScore } from "#adapters/http/person-shape";
import {
  clientOs,
  collectionId,
  givenMaxResults,
  givenMinScore,
  givenSearchMode,
  pictures,
} from "#adapters/http/request-fields";
import { type Route, route } from "#adapters/http/route";
import { findPeople, namedCollection, type RouteParts } from "#adapters/http/search-routes";
import type { Photo } from "#ports/photo-reader";

const searchWords = {
  min_score: givenMinScore.optional(),
  search_mode: givenSearchMode.optional(),
  collection_id: collectionId,
  max_results: givenMaxResults.optional(),
};

const point = z.object({ x: z.number(), y: z.number() });
const edges = z.object({ left: z.number(), top: z.number(), right: z.number(), bottom: z.number() });
const detected = z.object({
  bounding_box: edges,
  box: edges,
  confidence: z.number(),
  detection_score: z.number(),
  landmarks: z
    .array(point)
    .length(5)
    .optional()
    .meta({ description: "Left eye, right eye, nose, left and right corner of the mouth, as seen in the picture" }),
  thumbnail: z.string().meta({ description: "base64 of a JPEG" }),
  persons: z.array(foundPerson).optional(),
});

/** Where the face is in the picture as it was sent (upright), px. */
function placed({ face, thumbnail }: DetectedFace, photo: Photo, withLandmarks: boolean): z.infer<typeof detected> {
  const scale = photo.original.width / photo.width;
  const px = (value: number) => Math.round(value * scale * 10) / 10;
  const { left, top, width, height } = face.box;
  const box = { left: px(left), top: px(top), right: px(left + width), bottom: px(top + height) };
  return {
    bounding_box: box,
    box,
    confidence: roundedScore(face.confidence),
    detection_score: roundedScore(face.confidence),
    ...(withLandmarks ? { landmarks: face.points.map(({ x, y }) => ({ x: px(x), y: px(y) })) } : {}),
    thumbnail: Buffer.from(thumbnail).toString("base64"),
  };
}

/** Where the faces of one picture are and, when a search is asked for, whose they are. */
export function detectionRoutes({ ports, desk, clock }: RouteParts): readonly Route[] {
  return [
    route({
      method: "post",
      path: "/detect",
      name: "detect",
      summary: "The faces of one picture, largest first; with min_score, collection_id or search also whose they are.",
      scope: "search",
      failures: [404, 412, 413, 415],
      body: z.strictObject({
        ...pictures,
        ...searchWords,
        search: z.strictObject(searchWords).optional().meta({ description: "The same words, together" }),
        return_landmarks: z.boolean().optional(),
        return_attributes: z.boolean().optional().meta({ description: "No attributes are measured here" }),
        os: clientOs,
      }),
      answer: envelopeOf(z.object({ faces: z.array(detected), face_count: z.int() })),
      handle: async ({ body, signal }) => {
        const [image, another] = requestPictures(body);
        if (image === undefined || another !== undefined) throw invalid("detect takes one picture");
        const words = { ...body, ...body.search };
        const isSearch = [body.search, words.min_score, words.collection_id].some((word) => word !== undefined);
        const collection = await namedCollection(ports, words.collection_id);
        const mode = words.search_mode ?? "FAST";
        const { photo, faces } = await desk.detect(image, isSearch ? mode : null, signal);
        const answers: z.infer<typeof detected>[] = [];
        for (const face of faces) {
          const place = placed(face, photo, body.return_landmarks !== false);
          if (face.template === null) answers.push(place);
          else {
            const { min_score = 0.81, max_results = 10 } = words;
            const lookup = { collection, minScore: min_score, maxResults: max_results, mode, signal };
            answers.push({ ...place, persons: await findPeople(ports, [face.template], lookup) });
          }
        }
        return enveloped({ faces: answers, face_count: answers.length }, clock.now());
      },
    }),
  ];
}
