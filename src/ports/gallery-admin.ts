import type { Template } from "#core/face";
import type { Instant } from "#core/instant";

/** What is known of a person beyond the door's needs. */
export interface PersonDetails {
  readonly notes: string | null;
  readonly gender: "M" | "F" | null;
  /** YYYY-MM-DD. */
  readonly dateOfBirth: string | null;
  readonly nationality: string | null;
}

export interface CollectionRecord {
  /** 24 lower-case hex digits. */
  readonly id: string;
  readonly code: string;
  readonly name: string;
  readonly description: string | null;
  /** People in it. */
  readonly count: number;
  readonly createdAt: Instant;
  readonly modifiedAt: Instant;
}

export interface FaceRecord {
  readonly id: string;
  /** Small JPEG; null for a face that was enrolled without one. */
  readonly thumbnail: Uint8Array | null;
}

export interface PersonRecord extends PersonDetails {
  /** 24 lower-case hex digits. */
  readonly id: string;
  readonly name: string;
  /** False: kept, but never found and never let in. */
  readonly active: boolean;
  readonly collections: readonly CollectionRecord[];
  /** In the order they were enrolled. */
  readonly faces: readonly FaceRecord[];
  readonly createdAt: Instant;
  readonly modifiedAt: Instant;
}

/** A template to keep, with the picture a human recognises it by. */
export interface NewFace {
  readonly template: Template;
  readonly thumbnail: Uint8Array | null;
  /** JPEG to describe the face anew with another model; kept only where the site wants it. */
  readonly photo?: Uint8Array;
}

export interface PersonOrder extends PersonDetails {
  readonly name: string;
  /** Ids of collections that exist. */
  readonly collections: readonly string[];
  /** At least one. */
  readonly faces: readonly NewFace[];
}

/** Only what is present changes; `faces` and `collections` replace all there were. */
export interface PersonChanges extends Partial<PersonDetails> {
  readonly name?: string;
  readonly active?: boolean;
  readonly collections?: readonly string[];
  readonly faces?: readonly NewFace[];
}

export interface PersonQuery {
  /** Ids; people in any of them. Null: everybody; an empty list: nobody. */
  readonly collections: readonly string[] | null;
  /** Part of the name, in any case and without accents; null: every name. */
  readonly nameContains: string | null;
  readonly dateOfBirth: string | null;
  readonly active: boolean | null;
  readonly orderBy: "name" | "created" | "modified";
  readonly descending: boolean;
  readonly offset: number;
  readonly limit: number;
}

export interface PersonPage {
  readonly people: readonly PersonRecord[];
  /** How many the query finds in all. */
  readonly total: number;
}

export interface CollectionOrder {
  readonly name: string;
  /** What a configuration writes; a UUID is made when it is not given. */
  readonly code?: string;
  readonly description: string | null;
}

export interface CollectionChanges {
  readonly name?: string;
  readonly description?: string | null;
  /** Ids; replaces the membership. */
  readonly people?: readonly string[];
}

/**
 * What managing people and collections takes, over the same durable gallery the door reads. A write that returned has reached the
 * disk, is all or nothing, and is heard by `Gallery.changes`. Every method may throw LIMEN_STORE_*.
 */
export interface GalleryAdmin {
  /**
   * Enrols somebody, unless the same name and date of birth is enrolled already in one of the same collections (or, with none, in
   * no collection): then that person comes back and nothing is written. Throws LIMEN_PERSON_INVALID.
   */
  createPerson(order: PersonOrder): Promise<{ readonly created: boolean; readonly person: PersonRecord }>;
  /** Throws LIMEN_PERSON_UNKNOWN, LIMEN_PERSON_INVALID. */
  updatePerson(id: string, changes: PersonChanges): Promise<PersonRecord>;
  /** Throws LIMEN_PERSON_UNKNOWN, LIMEN_PERSON_INVALID for more faces than one person may have. */
  addFaces(id: string, faces: readonly NewFace[]): Promise<PersonRecord>;
  /** Removes one face; never the last one. Throws LIMEN_PERSON_UNKNOWN. */
  removeFace(id: string, faceId: string): Promise<"removed" | "unknown" | "last">;
  /** Deletes somebody for good; false when there was nobody. */
  deletePerson(id: string): Promise<boolean>;
  /** Takes somebody out of one collection; without a collection left the person is deleted. Throws LIMEN_PERSON_UNKNOWN. */
  detachPerson(id: string, collectionId: string): Promise<"detached" | "deleted" | "not_a_member">;
  listPersons(query: PersonQuery): Promise<PersonPage>;
  /** The records of these ids, in this order, without those that do not exist. */
  persons(ids: readonly string[]): Promise<PersonRecord[]>;
  /** The templates of one person under one model. */
  templatesOf(id: string, modelId: string): Promise<Template[]>;

  /** Null when the code is taken. Throws LIMEN_PERSON_INVALID for a malformed code. */
  createCollection(order: CollectionOrder): Promise<CollectionRecord | null>;
  /** Null when there is none. Throws LIMEN_PERSON_UNKNOWN for an id among `people` that is nobody. */
  updateCollection(id: string, changes: CollectionChanges): Promise<CollectionRecord | null>;
  /** Deletes the collection, not its people; what was deleted, or null. */
  deleteCollection(id: string): Promise<CollectionRecord | null>;
  collections(): Promise<CollectionRecord[]>;
  /** By id or code. */
  collection(codeOrId: string): Promise<CollectionRecord | null>;
  /** Puts these people into `to` and out of `from`; how many were moved. Only members of `from` are. */
  movePeople(ids: readonly string[], from: string, to: string): Promise<number>;
}
