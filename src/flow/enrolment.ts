import type { FoundFace, Picture, Template } from "#core/face";
import type { Box } from "#core/geometry";
import { scoreOfCosine } from "#core/score";
import { LimenError } from "#errors";
import type { FaceFinder } from "#ports/face-finder";
import type { FaceSearch } from "#ports/face-search";
import type { Gallery, Person } from "#ports/gallery";
import type { PhotoReader } from "#ports/photo-reader";

export interface EnrolmentParts {
  readonly reader: PhotoReader;
  readonly finder: FaceFinder;
  readonly gallery: Gallery;
  /** Searches the gallery as it is before this person is in it. */
  readonly search: FaceSearch;
}

export interface EnrolmentOrder {
  readonly name: string;
  readonly notes?: string;
  readonly collections: readonly string[];
  /** Image files, 1 to MAX_PHOTOS, all of the same person. */
  readonly photos: readonly string[];
}

/** Somebody enrolled already who looks like the new person: worth a second look by a human. */
export interface LookAlike {
  readonly personId: string;
  readonly name: string;
  readonly score: number;
}

/** The face that was taken from a photo, so that a human can see whether it is the right one. */
export interface TakenFace {
  readonly photo: string;
  readonly picture: Picture;
  readonly box: Box;
}

export interface Enrolment {
  readonly person: Person;
  readonly lookAlikes: readonly LookAlike[];
  readonly taken: readonly TakenFace[];
}

const MAX_PHOTOS = 10;

/** A face in a photo must be at least this high, px of the (shrunk) photo: smaller ones make templates of a blur. */
const MIN_ENROL_FACE_PX = 64;
/** Stricter than at the door: a thigh was measured at norm 3.03, and what is enrolled opens the door for good. */
const ENROL_NORM_MARGIN = 0.2;
const MAX_ENROL_YAW = 0.3;
/** Two photos of one person scored at least 0.66 in measurements; under this they show two people. */
const SAME_PERSON_FLOOR = 0.45;
/** Cosine 0.40: closer to somebody else than 99 % of different people are. */
const LOOK_ALIKE_SCORE = 0.648;

const HINT_PHOTO = "use a sharp photo of one person looking at the camera, the face at least a quarter of its height";

function onlyFace(faces: readonly FoundFace[], photo: string): FoundFace {
  const [face, second] = faces;
  if (face === undefined) {
    throw new LimenError("LIMEN_PHOTO_NO_FACE", `${photo}: no face was found`, { hint: HINT_PHOTO });
  }
  if (second !== undefined) {
    throw new LimenError("LIMEN_PHOTO_SEVERAL_FACES", `${photo}: ${faces.length} faces were found, one is needed`, {
      hint: "crop the photo to the person you want to enrol",
    });
  }
  return face;
}

function poor(photo: string, what: string): LimenError {
  return new LimenError("LIMEN_PHOTO_POOR", `${photo}: ${what}`, { hint: HINT_PHOTO });
}

/** Template of the one good face in a photo. Throws LIMEN_PHOTO_* saying what is wrong with it. */
async function templateOf(parts: EnrolmentParts, photo: string): Promise<{ template: Template; taken: TakenFace }> {
  const picture = await parts.reader.read(photo);
  const face = onlyFace(await parts.finder.find(picture), photo);
  const height = Math.round(face.box.height);
  if (height < MIN_ENROL_FACE_PX)
    throw poor(photo, `the face is only ${height} px high, ${MIN_ENROL_FACE_PX} are needed`);
  if (face.yaw > MAX_ENROL_YAW) throw poor(photo, "the face is turned away from the camera");
  const { template } = await parts.finder.describe(picture, face);
  if (!(template.norm >= parts.finder.minNorm + ENROL_NORM_MARGIN)) {
    throw poor(photo, "the face is too blurred, dark, covered or turned to be recognised later");
  }
  return { template, taken: { photo, picture, box: face.box } };
}

function cosine(a: Template, b: Template): number {
  return a.values.reduce((sum, value, i) => sum + value * (b.values[i] ?? 0), 0);
}

function refuseTwoPeople(templates: readonly Template[], photos: readonly string[], knee: number): void {
  for (const [i, a] of templates.entries()) {
    const others = templates.filter((_, j) => j !== i).map((b) => scoreOfCosine(cosine(a, b), knee));
    if (others.length > 0 && Math.max(...others) < SAME_PERSON_FLOOR) {
      throw new LimenError(
        "LIMEN_PERSON_INVALID",
        `${photos[i]}: this does not look like the same person as the other photos`,
        {
          hint: "enrol each person on their own",
        },
      );
    }
  }
}

/**
 * Photos → templates → gallery, all or nothing: one bad photo refuses the whole order and nothing is written.
 * Throws LIMEN_PHOTO_*, LIMEN_PERSON_INVALID, LIMEN_STORE_*.
 */
export async function enrol(parts: EnrolmentParts, order: EnrolmentOrder, signal: AbortSignal): Promise<Enrolment> {
  if (order.photos.length === 0 || order.photos.length > MAX_PHOTOS) {
    throw new LimenError("LIMEN_PERSON_INVALID", `give 1 to ${MAX_PHOTOS} photos, not ${order.photos.length}`);
  }
  const templates: Template[] = [];
  const taken: TakenFace[] = [];
  for (const photo of order.photos) {
    signal.throwIfAborted();
    const face = await templateOf(parts, photo);
    templates.push(face.template);
    taken.push(face.taken);
  }
  refuseTwoPeople(templates, order.photos, parts.finder.samePersonCosine);

  const closest = new Map<string, number>();
  for (const template of templates) {
    const found = await parts.search.search({
      faces: [template],
      collection: null,
      minScore: LOOK_ALIKE_SCORE,
      maxResults: 5,
      mode: "ACCURATE",
      signal,
    });
    for (const { personId, score } of found) closest.set(personId, Math.max(score, closest.get(personId) ?? 0));
  }
  const lookAlikes: LookAlike[] = [];
  for (const [personId, score] of closest) {
    const person = await parts.gallery.person(personId);
    if (person !== null) lookAlikes.push({ personId, name: person.name, score });
  }

  const { name, notes, collections } = order;
  const person = await parts.gallery.addPerson({ name, collections, faces: templates, ...(notes ? { notes } : {}) });
  return { person, taken, lookAlikes: lookAlikes.sort((a, b) => b.score - a.score) };
}
