import { enrolOutlineFault, enrolTemplateFault, LOOK_ALIKE_SCORE } from "#core/enrolment";
import { SAME_PERSON_SCORE } from "#core/score";
import { createRecentFaces } from "#flow/recent-faces";
import type { AdmissionOrder, Enroller, LookAlike } from "#ports/enroller";
import type { FaceFinder } from "#ports/face-finder";
import type { FaceSearch } from "#ports/face-search";
import type { Gallery } from "#ports/gallery";

export interface EnrollerParts {
  readonly finder: FaceFinder;
  readonly gallery: Pick<Gallery, "person" | "noteLookAlikes">;
  /** Searches the gallery as it is before these faces are in it; may be about a second behind. */
  readonly search: FaceSearch;
}

/** Named to a human, best first; more would not be read. */
const MAX_LOOK_ALIKES = 5;

/** One for each process that enrols: it remembers whom it admitted lately, whom the search may not know yet. */
export function createEnroller({ finder, gallery, search }: EnrollerParts): Enroller {
  const recent = createRecentFaces(finder.samePersonCosine);
  let last: Promise<unknown> = Promise.resolve();
  const alone = <T>(work: () => Promise<T>): Promise<T> => {
    const done = last.then(work);
    last = done.catch(() => {});
    return done;
  };

  /** Who of the others looks most like one of the faces, best first. */
  const lookAlikesOf = async ({ templates, personId, signal }: AdmissionOrder): Promise<LookAlike[]> => {
    const closest = new Map<string, { score: number; face: number }>();
    for (const [face, template] of templates.entries()) {
      const found = await search.search({
        faces: [template],
        collection: null,
        minScore: LOOK_ALIKE_SCORE,
        maxResults: MAX_LOOK_ALIKES + 1,
        mode: "ACCURATE",
        signal,
      });
      for (const { personId: id, score } of [...found, ...recent.candidates(template, LOOK_ALIKE_SCORE)]) {
        if (id !== personId && score > (closest.get(id)?.score ?? 0)) closest.set(id, { score, face });
      }
    }
    const lookAlikes: LookAlike[] = [];
    for (const [id, { score, face }] of [...closest].sort(([, a], [, b]) => b.score - a.score)) {
      const person = await gallery.person(id);
      if (person !== null) lookAlikes.push({ personId: id, name: person.name, score, face });
      if (lookAlikes.length === MAX_LOOK_ALIKES) break;
    }
    return lookAlikes;
  };

  return {
    async judge(picture) {
      const faces = await finder.find(picture);
      const [face, second] = faces;
      if (face === undefined) return { fault: "no_face", faces };
      if (second !== undefined) return { fault: "several_faces", faces };
      const outline = enrolOutlineFault(face);
      if (outline !== null) return { fault: outline, faces };
      const { template } = await finder.describe(picture, face);
      const fault = enrolTemplateFault(template, finder.minNorm);
      return fault === null ? { fault, face, template } : { fault, faces };
    },

    admit: (order, write) =>
      alone(async () => {
        order.signal.throwIfAborted();
        const lookAlikes = await lookAlikesOf(order);
        const [twin] = lookAlikes;
        if (twin !== undefined && twin.score >= SAME_PERSON_SCORE && !order.allowDuplicate) {
          return { admitted: false, twin };
        }
        order.signal.throwIfAborted();
        const { personId, result } = await write();
        if (personId !== null) {
          await gallery.noteLookAlikes(
            lookAlikes.map((other) => ({ personIds: [personId, other.personId], score: other.score })),
          );
          if (order.replaces) recent.forget(personId);
          recent.remember(personId, order.templates);
        }
        return { admitted: true, result, lookAlikes };
      }),
  };
}
