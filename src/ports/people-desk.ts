import type { Picture } from "#core/face";
import type { LookAlike } from "#ports/enroller";
import type { PersonRecord } from "#ports/gallery-admin";

/** A photograph as bytes, or a picture a camera has taken. */
export type EnrolPicture = Uint8Array | Picture;

export interface DeskOrder {
  readonly name: string;
  readonly notes: string | null;
  /** Codes; a collection that does not exist yet is made. */
  readonly collections: readonly string[];
  readonly pictures: readonly EnrolPicture[];
  /** Enrol although somebody else has this face by every measure (twins). */
  readonly allowDuplicate: boolean;
}

export interface DeskOutcome {
  readonly person: PersonRecord;
  /** Worth a second look by a human, best first. */
  readonly lookAlikes: readonly Omit<LookAlike, "face">[];
}

/** Where people are enrolled by hand, from pictures that are at hand. */
export interface PeopleDesk {
  /** All or nothing. Throws LIMEN_PHOTO_*, LIMEN_PERSON_INVALID, LIMEN_PERSON_DUPLICATE, LIMEN_STORE_*. */
  enrol(order: DeskOrder, signal: AbortSignal): Promise<DeskOutcome>;
  /** More faces of somebody who is there already. Throws as `enrol`, and LIMEN_PERSON_UNKNOWN. */
  addFaces(personId: string, pictures: readonly EnrolPicture[], signal: AbortSignal): Promise<DeskOutcome>;
}
