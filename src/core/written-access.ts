/** What the configuration says of one person, as it is written; null = nothing, their groups and the doors are asked. */
export interface WrittenAccess {
  readonly doors: readonly string[] | null;
  /** Name of a schedule. */
  readonly schedule: string | null;
  /** `2026-12-24` or `2026-12-24 18:00`, by the site's clock. A last date without a time counts to its end. */
  readonly validFrom: string | null;
  readonly validUntil: string | null;
  readonly offlineAllowed: boolean | null;
}

export const NOTHING_WRITTEN: WrittenAccess = {
  doors: null,
  schedule: null,
  validFrom: null,
  validUntil: null,
  offlineAllowed: null,
};

/** Who an entry of the configuration may be about: it is under the one or the other. */
export interface Named {
  readonly id: string;
  readonly name: string;
}

/** What the file says of somebody, and what it could say. */
export interface AccessEntry {
  /** What their entries are called: the id, the name, both or none. */
  readonly keys: readonly string[];
  /** Of the only entry; nothing where there are two. */
  readonly access: WrittenAccess;
  /** Names there are. */
  readonly schedules: readonly string[];
  readonly doors: readonly string[];
  /** `offlineAllowed` means something here. */
  readonly asksOffline: boolean;
}
