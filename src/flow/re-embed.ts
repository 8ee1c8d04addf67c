import { enrolTemplateFault, strangerAmong } from "#core/enrolment";
import type { Picture, Template } from "#core/face";
import { codeOf } from "#errors";
import type { FaceFinder } from "#ports/face-finder";
import type { PhotoDecoder } from "#ports/photo-reader";
import type { OldFace, OldPerson, TemplateUpkeep } from "#ports/template-upkeep";

export interface ReEmbedParts {
  readonly upkeep: TemplateUpkeep;
  /** With the models that the templates shall be of. */
  readonly finder: FaceFinder;
  readonly reader: PhotoDecoder;
}

/** What became of a person whose templates are of another model. */
export type ReEmbedOutcome =
  | {
      readonly outcome: "renewed";
      readonly id: string;
      readonly name: string;
      readonly faces: number;
      readonly left: number;
    }
  | {
      /** `without_photo`: none was kept. `refused`: the new model makes nothing of those that were. */
      readonly outcome: "refused" | "without_photo";
      readonly id: string;
      readonly name: string;
      readonly reason: string;
      /** False: no search finds the person until they are enrolled again. */
      readonly isSearchable: boolean;
    };

/** The template of the face a kept photo was cut around: the largest in it. A text says why there is none. */
async function templateOf({ finder, reader }: ReEmbedParts, photo: Uint8Array): Promise<Template | string> {
  let picture: Picture;
  try {
    picture = await reader.decode(photo);
  } catch (error) {
    if (codeOf(error) !== "LIMEN_PHOTO_UNREADABLE" && codeOf(error) !== "LIMEN_PHOTO_TOO_LARGE") throw error;
    return "the kept photo is damaged";
  }
  const [face] = await finder.find(picture);
  if (face === undefined) return "the new model finds no face in the kept photo";
  const { template } = await finder.describe(picture, face);
  return enrolTemplateFault(template, finder.minNorm) === null ? template : "the new model's template is too weak";
}

async function renewOne(
  parts: ReEmbedParts,
  id: string,
  { name, isSearchable, faces }: OldPerson,
  write: boolean,
): Promise<ReEmbedOutcome> {
  const kept = faces.filter((face): face is OldFace & { photo: Uint8Array } => face.photo !== null);
  if (kept.length === 0) {
    return { outcome: "without_photo", id, name, reason: "no photo was kept", isSearchable };
  }
  const renewed: { faceId: string; template: Template }[] = [];
  let reason = "";
  for (const { faceId, photo } of kept) {
    const made = await templateOf(parts, photo);
    if (typeof made === "string") reason ||= made;
    else renewed.push({ faceId, template: made });
  }
  const templates = renewed.map(({ template }) => template);
  if (strangerAmong(templates, parts.finder.samePersonCosine) !== null) {
    reason = "the kept photos do not look like one person to the new model";
  } else if (renewed.length > 0) {
    if (write) await parts.upkeep.renew(renewed);
    return { outcome: "renewed", id, name, faces: renewed.length, left: faces.length - renewed.length };
  }
  return { outcome: "refused", id, name, reason, isSearchable };
}

/**
 * Makes new templates from the kept photos of everybody whose templates are of another model, one person after the other, each in
 * one write: whoever it breaks off at has either all the new templates or the old ones, and a face without a good new template
 * keeps its old one. Run again, it goes on with who is left. `write` false: does it all but the writing. `onCount` hears how many
 * people there are. Throws LIMEN_STORE_*, LIMEN_MODEL_RUN.
 */
export async function* reEmbed(
  parts: ReEmbedParts,
  { write, onCount }: { write: boolean; onCount: (people: number) => void },
  signal: AbortSignal,
): AsyncGenerator<ReEmbedOutcome, void> {
  const { modelId } = parts.finder;
  const people = await parts.upkeep.peopleToRenew(modelId);
  onCount(people.length);
  for (const id of people) {
    signal.throwIfAborted();
    const person = await parts.upkeep.oldFaces(id, modelId);
    if (person !== null) yield await renewOne(parts, id, person, write);
  }
}
