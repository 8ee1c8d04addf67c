import type { Picture, Template } from "#core/face";
import { MAX_PHOTOS } from "#core/person-folder";
import { LimenError } from "#errors";
import { HINT_DUPLICATE, refusalOf, refuseTwoPeople } from "#flow/enrolment";
import type { Enroller, LookAlike } from "#ports/enroller";
import type { CropFace } from "#ports/face-crop";
import type { GalleryAdmin, NewFace, PersonRecord } from "#ports/gallery-admin";
import type { DeskOutcome, EnrolPicture, PeopleDesk } from "#ports/people-desk";
import type { PhotoDecoder } from "#ports/photo-reader";

export interface PeopleDeskParts {
  readonly decoder: PhotoDecoder;
  readonly enroller: Enroller;
  readonly admin: Pick<GalleryAdmin, "createPerson" | "addFaces" | "collection" | "createCollection" | "templatesOf">;
  /** The small picture people recognise a face by. */
  readonly crop: CropFace;
  /** Cuts the photo to keep of each face; none are kept without it. */
  readonly photoOf?: CropFace | undefined;
  readonly modelId: string;
  /** The model's same-person cosine. */
  readonly samePersonCosine: number;
}

/** Enrols from pictures one hands it: the same rules as everywhere, each refusal with the picture it is about and what to do. */
export function createPeopleDesk(parts: PeopleDeskParts): PeopleDesk {
  const { decoder, enroller, admin, crop, photoOf } = parts;

  const facesOf = async (pictures: readonly EnrolPicture[], signal: AbortSignal): Promise<NewFace[]> => {
    if (pictures.length === 0 || pictures.length > MAX_PHOTOS)
      throw new LimenError("LIMEN_PERSON_INVALID", `give 1 to ${MAX_PHOTOS} pictures, not ${pictures.length}`);
    const faces: NewFace[] = [];
    for (const [i, given] of pictures.entries()) {
      signal.throwIfAborted();
      const picture: Picture = given instanceof Uint8Array ? await decoder.decode(given) : given;
      const judged = await enroller.judge(picture);
      if (judged.fault !== null) throw refusalOf(nameOf(i, pictures.length), judged);
      const { template, face } = judged;
      const kept = photoOf === undefined ? {} : { photo: await photoOf(picture, face.box) };
      faces.push({ template, thumbnail: await crop(picture, face.box), ...kept });
    }
    return faces;
  };
  const refuseStrangers = (known: readonly Template[], faces: readonly NewFace[]): void => {
    const templates = [...known, ...faces.map(({ template }) => template)];
    const names = [...known.map(() => "a face enrolled before"), ...faces.map((_, i) => nameOf(i, faces.length))];
    refuseTwoPeople(templates, names, parts.samePersonCosine);
  };
  const idOf = async (code: string): Promise<string> => {
    const found =
      (await admin.collection(code)) ?? (await admin.createCollection({ name: code, code, description: null }));
    if (found === null) throw new LimenError("LIMEN_PERSON_INVALID", `there is no collection ${code}`);
    return found.id;
  };
  const admitted = async (
    faces: readonly NewFace[],
    order: { readonly personId: string | null; readonly allowDuplicate: boolean; readonly signal: AbortSignal },
    write: () => Promise<PersonRecord>,
  ): Promise<DeskOutcome> => {
    const templates = faces.map(({ template }) => template);
    const admission = await enroller.admit({ ...order, templates, replaces: false }, async () => {
      const result = await write();
      return { personId: result.id, result };
    });
    if (!admission.admitted) throw duplicate(admission.twin, faces.length);
    return { person: admission.result, lookAlikes: admission.lookAlikes.map(({ face: _, ...other }) => other) };
  };

  return {
    async enrol({ name, notes, collections, pictures, allowDuplicate }, signal) {
      const faces = await facesOf(pictures, signal);
      refuseStrangers([], faces);
      return admitted(faces, { personId: null, allowDuplicate, signal }, async () => {
        const ids: string[] = [];
        for (const code of collections) ids.push(await idOf(code));
        const details = { name, notes, gender: null, dateOfBirth: null, nationality: null };
        const { created, person } = await admin.createPerson({ ...details, collections: ids, faces });
        if (created) return person;
        throw new LimenError("LIMEN_PERSON_INVALID", `${name} is enrolled already`, {
          hint: "add the pictures to that person, or choose another name",
        });
      });
    },
    async addFaces(personId, pictures, signal) {
      const faces = await facesOf(pictures, signal);
      refuseStrangers(await admin.templatesOf(personId, parts.modelId), faces);
      return admitted(faces, { personId, allowDuplicate: false, signal }, () => admin.addFaces(personId, faces));
    },
  };
}

function nameOf(index: number, count: number): string {
  return count === 1 ? "the picture" : `picture ${index + 1}`;
}

function duplicate({ face, name, score }: LookAlike, count: number): LimenError {
  return new LimenError(
    "LIMEN_PERSON_DUPLICATE",
    `${nameOf(face, count)}: this face is enrolled already as ${name} (score ${score.toFixed(2)})`,
    { hint: HINT_DUPLICATE },
  );
}
