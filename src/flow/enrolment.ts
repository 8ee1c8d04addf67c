import { type PhotoFault, strangerAmong } from "#core/enrolment";
import type { Picture, Template } from "#core/face";
import type { Box } from "#core/geometry";
import { MAX_PHOTOS } from "#core/person-folder";
import { LimenError } from "#errors";
import type { Enroller, JudgedPhoto, LookAlike } from "#ports/enroller";
import type { CropFace } from "#ports/face-crop";
import type { Gallery, Person } from "#ports/gallery";
import type { PhotoReader } from "#ports/photo-reader";

export interface EnrolmentParts {
  readonly reader: PhotoReader;
  readonly enroller: Enroller;
  readonly gallery: Gallery;
  /** Cuts the photo to keep of each face; none are kept without it. */
  readonly photoOf?: CropFace;
  /** The model's same-person cosine. */
  readonly samePersonCosine: number;
}

export interface EnrolmentOrder {
  readonly name: string;
  readonly notes?: string;
  readonly collections: readonly string[];
  /** Image files, 1 to MAX_PHOTOS, all of the same person. */
  readonly photos: readonly string[];
  /** Enrol although somebody else has this face by every measure (twins). */
  readonly allowDuplicate?: boolean;
}

/** The face that was taken from a photo, so that a human can see whether it is the right one. */
export interface TakenFace {
  readonly photo: string;
  readonly picture: Picture;
  readonly box: Box;
}

export interface Enrolment {
  readonly person: Person;
  /** Worth a second look by a human, best first. */
  readonly lookAlikes: readonly Omit<LookAlike, "face">[];
  readonly taken: readonly TakenFace[];
}

const HINT_PHOTO = "use a sharp photo of one person looking at the camera, the face at least a quarter of its height";
export const HINT_DUPLICATE =
  "if it is the same person, remove one of the two; if they are two people who look that much alike, repeat with --allow-duplicate";

const FAULTS: Readonly<Record<Exclude<PhotoFault, "no_face" | "several_faces">, string>> = {
  too_small: "the face is too small",
  turned_away: "the face is turned away from the camera",
  weak_template: "the face is too blurred, dark, covered or turned to be recognised later",
};

export function refusalOf(photo: string, { fault, faces }: Exclude<JudgedPhoto, { fault: null }>): LimenError {
  if (fault === "no_face") {
    return new LimenError("LIMEN_PHOTO_NO_FACE", `${photo}: no face was found`, { hint: HINT_PHOTO });
  }
  if (fault === "several_faces") {
    return new LimenError("LIMEN_PHOTO_SEVERAL_FACES", `${photo}: ${faces.length} faces were found, one is needed`, {
      hint: "crop the photo to the person you want to enrol",
    });
  }
  const size = fault === "too_small" ? ` (${Math.round(faces[0]?.box.height ?? 0)} px high)` : "";
  return new LimenError("LIMEN_PHOTO_POOR", `${photo}: ${FAULTS[fault]}${size}`, { hint: HINT_PHOTO });
}

export function refuseTwoPeople(templates: readonly Template[], photos: readonly string[], knee: number): void {
  const stranger = strangerAmong(templates, knee);
  if (stranger === null) return;
  throw new LimenError(
    "LIMEN_PERSON_INVALID",
    `${photos[stranger]}: this does not look like the same person as the other photos`,
    { hint: "enrol each person on their own" },
  );
}

/**
 * Photos → templates → gallery, all or nothing: one bad photo refuses the whole order and nothing is written. So does a face that
 * is enrolled already under another name, unless the order allows it. Throws LIMEN_PHOTO_*, LIMEN_PERSON_INVALID,
 * LIMEN_PERSON_DUPLICATE, LIMEN_STORE_*.
 */
export async function enrol(parts: EnrolmentParts, order: EnrolmentOrder, signal: AbortSignal): Promise<Enrolment> {
  if (order.photos.length === 0 || order.photos.length > MAX_PHOTOS) {
    throw new LimenError("LIMEN_PERSON_INVALID", `give 1 to ${MAX_PHOTOS} photos, not ${order.photos.length}`);
  }
  const templates: Template[] = [];
  const taken: TakenFace[] = [];
  for (const photo of order.photos) {
    signal.throwIfAborted();
    const picture = await parts.reader.read(photo);
    const judged = await parts.enroller.judge(picture);
    if (judged.fault !== null) throw refusalOf(photo, judged);
    templates.push(judged.template);
    taken.push({ photo, picture, box: judged.face.box });
  }
  refuseTwoPeople(templates, order.photos, parts.samePersonCosine);

  const { photoOf } = parts;
  const photos: Uint8Array[] = [];
  if (photoOf !== undefined) for (const { picture, box } of taken) photos.push(await photoOf(picture, box));

  const { name, notes, collections, allowDuplicate = false } = order;
  const admission = await parts.enroller.admit(
    { templates, personId: null, replaces: false, allowDuplicate, signal },
    async () => {
      const person = { name, collections, faces: templates, photos, ...(notes ? { notes } : {}) };
      const result = await parts.gallery.addPerson(person);
      return { personId: result.id, result };
    },
  );
  if (!admission.admitted) {
    const { twin } = admission;
    throw new LimenError(
      "LIMEN_PERSON_DUPLICATE",
      `${order.photos[twin.face]}: this face is enrolled already as ${twin.name} (id ${twin.personId}, score ${twin.score.toFixed(2)})`,
      { hint: HINT_DUPLICATE },
    );
  }
  return { person: admission.result, taken, lookAlikes: admission.lookAlikes.map(({ face: _, ...other }) => other) };
}
