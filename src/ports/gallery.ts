import type { Template } from "#core/face";
import type { Instant } from "#core/instant";

export interface Person {
  /** 24 lower-case hex digits. */
  readonly id: string;
  readonly name: string;
  readonly notes: string | null;
  readonly active: boolean;
  /** Ids of the collections the person is in. */
  readonly collections: readonly string[];
  readonly faces: number;
  readonly createdAt: Instant;
  readonly modifiedAt: Instant;
}

export interface Collection {
  /** 24 lower-case hex digits. */
  readonly id: string;
  /** What people write in the config: `[a-z0-9_-]{1,64}`, or a UUID. */
  readonly code: string;
  readonly name: string;
}

export interface EnrolledFace {
  readonly personId: string;
  readonly template: Template;
}

export interface Membership {
  readonly personId: string;
  /** Id. */
  readonly collectionId: string;
}

/** A piece of everything that is searchable. */
export type GalleryPiece =
  /**
   * Comes first: the mark from which to follow what changes meanwhile, and how many people and faces of the model there are, those of
   * people who are switched off too.
   */
  | { readonly kind: "start"; readonly mark: number; readonly people: number; readonly faces: number }
  /** Of active people; those of one person may come apart. */
  | { readonly kind: "faces"; readonly faces: readonly EnrolledFace[] }
  /** Of anybody, also of people none of whose faces came. */
  | { readonly kind: "memberships"; readonly memberships: readonly Membership[] };

/** What a search needs of a person: active, with at least one face of the model asked for. */
export interface SearchablePerson {
  readonly personId: string;
  /** Ids. */
  readonly collections: readonly string[];
  readonly faces: readonly Template[];
}

/** Who may be another than before, and the mark to ask with next time. */
export interface PeopleChanges {
  readonly mark: number;
  /** Also those who are gone, unless `isEverybody`. */
  readonly personIds: readonly string[];
  /** True when these are all people there are: whoever is not among them is gone. */
  readonly isEverybody: boolean;
}

/** Two people whose faces are so much alike that a search may take one for the other. */
export interface LookAlikePair {
  readonly personIds: readonly [string, string];
  /** The best score between their faces. */
  readonly score: number;
}

export interface NewPerson {
  readonly name: string;
  readonly notes?: string;
  /** Codes; a collection that does not exist yet is made. */
  readonly collections: readonly string[];
  /** At least one. */
  readonly faces: readonly Template[];
  /** A JPEG of each face, in their order, kept with it to describe it anew with another model; none unless given. */
  readonly photos?: readonly Uint8Array[];
}

/** Durable people, faces and collections. A write that returned has reached the disk. */
export interface Gallery {
  /** All or nothing. Throws LIMEN_PERSON_INVALID, LIMEN_STORE_*. */
  addPerson(person: NewPerson): Promise<Person>;
  /** Everybody, or one collection's people (by code or id), by name. */
  people(collection?: string): Promise<Person[]>;
  person(id: string): Promise<Person | null>;
  /** Deletes the person with every face and membership; false when there was nobody. */
  removePerson(id: string): Promise<boolean>;
  collection(codeOrId: string): Promise<Collection | null>;
  /**
   * Remembers pairs that look alike, until one of the two is removed; of a pair that is known the higher score stays. Whoever is gone
   * by now is left out. Throws LIMEN_STORE_*.
   */
  noteLookAlikes(pairs: readonly LookAlikePair[]): Promise<void>;
  /** Everybody noted to look like this person, best first. */
  lookAlikesOf(personId: string): Promise<{ readonly personId: string; readonly score: number }[]>;
  /**
   * Everything that can be searched with one model, once, in pieces, in the order it lies on the disk: faces first, then who is in
   * which collection. Each piece is as of its own moment: whoever asks for the changes since the first piece's mark misses nothing.
   */
  everything(modelId: string): AsyncIterable<GalleryPiece>;
  /**
   * Whose faces, memberships or activity may have changed since `mark` was given; null = everybody there is. Costs what has
   * changed, not what there is. A mark that means nothing to this gallery (a backup was restored) is taken for null.
   */
  peopleChanged(mark: number | null): Promise<PeopleChanges>;
  /** Those of the given people who are searchable now, in any order. */
  searchable(modelId: string, personIds: readonly string[]): Promise<SearchablePerson[]>;
  /** Yields once after each change made by this or any other process, until the signal aborts. Several may be folded into one. */
  changes(signal: AbortSignal): AsyncIterable<void>;
}
