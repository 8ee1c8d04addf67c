import { z } from "zod";
import { ApiError } from "#adapters/http/api-error";
import type { ApiPorts } from "#adapters/http/api-parts";
import { keptPerson, keptPersonOf, roundedScore } from "#adapters/http/person-shape";
import type { NewFace, PersonRecord } from "#ports/gallery-admin";

const lookAlikes = z
  .array(z.object({ id: z.string(), name: z.string(), score: z.number() }))
  .meta({ description: "People enrolled already who look like this one: worth a second look by a human" });

/** A person whose faces changed, with the people who look like them, when there are any. */
export const enrolledPerson = keptPerson.extend({ look_alikes: lookAlikes.optional() });

export const allowDuplicate = z
  .boolean({ error: "allow_duplicate is true or false" })
  .optional()
  .meta({ description: "Enrol although somebody else has this face by every measure (twins); default false" });

export function alreadySet(person: PersonRecord): ApiError {
  return new ApiError(412, "PreconditionFailed", "person_already_set", { data: keptPersonOf(person) });
}

interface NewFaces {
  readonly faces: readonly NewFace[];
  /** Who is enrolled already and gets them; null = somebody new. */
  readonly personId: string | null;
  readonly replaces: boolean;
  readonly allowDuplicate: boolean | undefined;
  readonly signal: AbortSignal;
}

/**
 * Lets faces into the gallery by `write`, which gives back whose they are now. Throws 412 person_already_set with the other person
 * when one of them is enrolled already as somebody else, and what `write` throws.
 */
export async function admitFaces(
  { enroller, admin }: ApiPorts,
  { faces, allowDuplicate: allowed = false, ...order }: NewFaces,
  write: () => Promise<PersonRecord>,
): Promise<z.infer<typeof enrolledPerson>> {
  const templates = faces.map(({ template }) => template);
  const admission = await enroller.admit({ ...order, templates, allowDuplicate: allowed }, async () => {
    const result = await write();
    return { personId: result.id, result };
  });
  if (!admission.admitted) {
    const [twin] = await admin.persons([admission.twin.personId]);
    // Who was there a moment ago and is gone now is in nobody's way: the next try succeeds.
    throw twin === undefined
      ? new ApiError(503, "unavailable", "the gallery is changing", { retryAfterSeconds: 1 })
      : alreadySet(twin);
  }
  const alike = admission.lookAlikes.map(({ personId, name, score }) => ({
    id: personId,
    name,
    score: roundedScore(score),
  }));
  return { ...keptPersonOf(admission.result), ...(alike.length === 0 ? {} : { look_alikes: alike }) };
}
