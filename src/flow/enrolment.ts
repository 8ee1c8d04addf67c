import {
  type EnrolmentFault,
  enrolOutlineFault,
  enrolTemplateFault,
  LOOK_ALIKE_SCORE,
  strangerAmong,
} from "#core/enrolment";
import type { FoundFace, Picture, Template } from "#core/face";
import type { Box } from "#core/geometry";
import { MAX_PHOTOS } from "#core/person-folder";
import { SAME_PERSON_SCORE } from "#core/score";
import { LimenError } from "#errors";
import type { RecentFaces } from "#flow/recent-faces";
import type { FaceFinder } from "#ports/face-finder";
import type { FaceSearch } from "#ports/face-search";
import type { Gallery, Person } from "#ports/gallery";
import type { PhotoReader } from "#ports/photo-reader";

export interface EnrolmentParts {
  readonly reader: PhotoReader;
  readonly finder: FaceFinder;
  readonly gallery: Gallery;
  /** Searches the gallery as it is before this person is in it; may be about a second behind. */
  readonly search: FaceSearch;
  /** Whom this process enrolled lately: what the search may not know yet. */
  readonly recent: RecentFaces;
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

/** Named to a human, best first; more would not be read. */
const MAX_LOOK_ALIKES = 5;

const HINT_PHOTO = "use a sharp photo of one person looking at the camera, the face at least a quarter of its height";
const HINT_DUPLICATE =
  "if it is the same person, remove one of the two; if they are two people who look that much alike, repeat with --allow-duplicate";

const FAULTS: Readonly<Record<EnrolmentFault, string>> = {
  too_small: "the face is too small",
  turned_away: "the face is turned away from the camera",
  weak_template: "the face is too blurred, dark, covered or turned to be recognised later",
};

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

function refusePoor(photo: string, fault: EnrolmentFault | null, heightPx: number): void {
  if (fault === null) return;
  const size = fault === "too_small" ? ` (${Math.round(heightPx)} px high)` : "";
  throw new LimenError("LIMEN_PHOTO_POOR", `${photo}: ${FAULTS[fault]}${size}`, { hint: HINT_PHOTO });
}

/** Template of the one good face in a photo. Throws LIMEN_PHOTO_* saying what is wrong with it. */
async function templateOf(parts: EnrolmentParts, photo: string): Promise<{ template: Template; taken: TakenFace }> {
  const picture = await parts.reader.read(photo);
  const face = onlyFace(await parts.finder.find(picture), photo);
  refusePoor(photo, enrolOutlineFault(face), face.box.height);
  const { template } = await parts.finder.describe(picture, face);
  refusePoor(photo, enrolTemplateFault(template, parts.finder.minNorm), face.box.height);
  return { template, taken: { photo, picture, box: face.box } };
}

function refuseTwoPeople(templates: readonly Template[], photos: readonly string[], knee: number): void {
  const stranger = strangerAmong(templates, knee);
  if (stranger === null) return;
  throw new LimenError(
    "LIMEN_PERSON_INVALID",
    `${photos[stranger]}: this does not look like the same person as the other photos`,
    { hint: "enrol each person on their own" },
  );
}

/** Who of the enrolled looks most like one of the photos, best first, each with the photo that looks most like them. */
async function findLookAlikes(
  { search, recent, gallery }: EnrolmentParts,
  templates: readonly Template[],
  photos: readonly string[],
  signal: AbortSignal,
): Promise<(LookAlike & { photo: string })[]> {
  const closest = new Map<string, { score: number; photo: string }>();
  for (const [i, template] of templates.entries()) {
    const found = await search.search({
      faces: [template],
      collection: null,
      minScore: LOOK_ALIKE_SCORE,
      maxResults: MAX_LOOK_ALIKES,
      mode: "ACCURATE",
      signal,
    });
    for (const { personId, score } of [...found, ...recent.candidates(template, LOOK_ALIKE_SCORE)]) {
      if (score > (closest.get(personId)?.score ?? 0)) closest.set(personId, { score, photo: photos[i] ?? "" });
    }
  }
  const lookAlikes: (LookAlike & { photo: string })[] = [];
  for (const [personId, { score, photo }] of [...closest].sort(([, a], [, b]) => b.score - a.score)) {
    const person = await gallery.person(personId);
    if (person !== null) lookAlikes.push({ personId, name: person.name, score, photo });
    if (lookAlikes.length === MAX_LOOK_ALIKES) break;
  }
  return lookAlikes;
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
    const face = await templateOf(parts, photo);
    templates.push(face.template);
    taken.push(face.taken);
  }
  refuseTwoPeople(templates, order.photos, parts.finder.samePersonCosine);

  const alike = await findLookAlikes(parts, templates, order.photos, signal);
  const [twin] = alike;
  if (twin !== undefined && twin.score >= SAME_PERSON_SCORE && order.allowDuplicate !== true) {
    throw new LimenError(
      "LIMEN_PERSON_DUPLICATE",
      `${twin.photo}: this face is enrolled already as ${twin.name} (id ${twin.personId}, score ${twin.score.toFixed(2)})`,
      { hint: HINT_DUPLICATE },
    );
  }

  const { name, notes, collections } = order;
  const person = await parts.gallery.addPerson({ name, collections, faces: templates, ...(notes ? { notes } : {}) });
  parts.recent.remember(person.id, templates);
  return { person, taken, lookAlikes: alike.map(({ photo: _, ...lookAlike }) => lookAlike) };
}
