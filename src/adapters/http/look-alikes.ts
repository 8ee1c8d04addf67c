import { z } from "zod";
import type { ApiPorts } from "#adapters/http/api-parts";
import { roundedScore } from "#adapters/http/person-shape";
import { LOOK_ALIKE_SCORE } from "#core/enrolment";
import type { NewFace } from "#ports/gallery-admin";

export const lookAlikes = z
  .array(z.object({ id: z.string(), name: z.string(), score: z.number() }))
  .meta({ description: "People enrolled already who look like the new one: worth a second look by a human" });

const MOST = 5;

/** Who among the enrolled looks like these faces, closest first. */
export async function lookAlikesOf(
  { search, admin }: ApiPorts,
  faces: readonly NewFace[],
  signal: AbortSignal,
): Promise<z.infer<typeof lookAlikes>> {
  const closest = new Map<string, number>();
  for (const { template } of faces) {
    const found = await search.search({
      faces: [template],
      collection: null,
      minScore: LOOK_ALIKE_SCORE,
      maxResults: MOST,
      mode: "ACCURATE",
      signal,
    });
    for (const { personId, score } of found) closest.set(personId, Math.max(score, closest.get(personId) ?? 0));
  }
  const people = await admin.persons([...closest.keys()]);
  return people
    .map(({ id, name }) => ({ id, name, score: roundedScore(closest.get(id) ?? 0) }))
    .sort((a, b) => b.score - a.score)
    .slice(0, MOST);
}
