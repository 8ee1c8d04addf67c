import { byScore } from "#core/candidate";
import { scoreOfCosine } from "#core/score";
import { cosineOf, meanTemplate } from "#core/template";
import type { FaceSearch, SearchRequest } from "#ports/face-search";
import type { Gallery } from "#ports/gallery";
import { allFaces } from "./all-faces";

export interface PlainSearch extends FaceSearch {
  readonly requests: SearchRequest[];
}

/** A search that reads the gallery anew each time and compares one by one: slow, and obviously right. */
export function createPlainSearch(gallery: Gallery, modelId = "model-a", knee = 0.5): PlainSearch {
  const requests: SearchRequest[] = [];
  return {
    requests,
    size: () => 0,
    async search(request) {
      requests.push(request);
      const probe = meanTemplate(request.faces);
      const members = new Set((await gallery.people(request.collection ?? undefined)).map(({ id }) => id));
      const best = new Map<string, number>();
      for (const { personId, template } of await allFaces(gallery, modelId)) {
        if (probe === null || !members.has(personId)) continue;
        const score = scoreOfCosine(cosineOf(probe, template), knee);
        best.set(personId, Math.max(score, best.get(personId) ?? 0));
      }
      return [...best]
        .map(([personId, score]) => ({ personId, score }))
        .filter(({ score }) => score >= request.minScore)
        .sort(byScore)
        .slice(0, request.maxResults);
    },
  };
}
