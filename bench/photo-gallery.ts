import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "#adapters/clock/system-clock";
import { openStore } from "#adapters/sqlite/database";
import { createSqliteGallery } from "#adapters/sqlite/gallery";
import type { Template } from "#core/face";
import { openSearchEngine, type SearchEngine } from "#engine/search-engine";
import type { FaceFinder } from "#ports/face-finder";

/** Everybody enrolled. */
export const ALL = "all";
/** Everybody but one. */
export const without = (name: string): string => `without-${name}`;

export interface PhotoGallery extends AsyncDisposable {
  readonly search: SearchEngine;
  /** Person id by name. */
  readonly ids: ReadonlyMap<string, string>;
}

/** Enrols people into a database of their own and opens the search over it, with a collection for all and one without each of `apart`. */
export async function openPhotoGallery(
  finder: FaceFinder,
  people: ReadonlyMap<string, readonly Template[]>,
  apart: readonly string[],
): Promise<PhotoGallery> {
  const directory = await mkdtemp(join(tmpdir(), "limen-bench-"));
  const store = await openStore(join(directory, "limen.db"));
  const gallery = createSqliteGallery(store, systemClock);
  const ids = new Map<string, string>();
  for (const [name, faces] of people) {
    const collections = [ALL, ...apart.filter((other) => other !== name).map(without)];
    ids.set(name, (await gallery.addPerson({ name, collections, faces })).id);
  }
  const { modelId, samePersonCosine } = finder;
  const onFault = (error: unknown): never => {
    throw error;
  };
  const search = await openSearchEngine({ gallery, modelId, samePersonCosine, onFault });
  return {
    search,
    ids,
    async [Symbol.asyncDispose]() {
      await search[Symbol.asyncDispose]();
      await store[Symbol.asyncDispose]();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
