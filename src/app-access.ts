import { type CodeCounts, countCodes } from "#adapters/sqlite/roll-call";
import { openRecords } from "#app-offline";
import { policyOf } from "#app-parts";
import type { Config, DoorConfig } from "#config/config";
import { type Explanation, explain } from "#core/explanation";
import type { Instant } from "#core/instant";
import type { PersonFacts } from "#core/policy";
import { factsOf } from "#flow/person-facts";
import { databaseIn } from "#paths";
import type { Gallery, Person } from "#ports/gallery";

/** What commands ask of access rules, beside a running daemon or without one. */

export interface Explained extends Explanation {
  readonly person: { readonly id: string; readonly name: string | null };
}

/**
 * Why this person may pass that door then, or not. `choose` finds whom is meant among those enrolled; where the engine on the network
 * says who exists, `who` is taken for an id it would find. Throws what `choose` throws, LIMEN_STORE_*.
 */
export async function explainAccess(
  config: Config,
  { door, who, at }: { door: DoorConfig; who: string; at: Instant },
  choose: (gallery: Gallery) => Promise<Person>,
): Promise<Explained> {
  const policy = policyOf(config, door);
  if (config.search.verifik?.roster === "engine") {
    const facts = { id: who, name: null, active: true, collections: [door.collection], lookAlike: false };
    return { person: { id: who, name: null }, ...explain(policy, facts, at) };
  }
  await using records = await openRecords(config);
  const { id, name } = await choose(records.gallery);
  const gone: PersonFacts = { id, name, active: false, collections: [], lookAlike: false };
  return { person: { id, name }, ...explain(policy, (await factsOf(records.gallery, id)) ?? gone, at) };
}

/** What the access rules name and the gallery does not have, or has more than once; nothing where there is no gallery yet. Throws LIMEN_STORE_*. */
export async function accessDoubts(config: Config): Promise<string[]> {
  const [first] = config.doors;
  const watched = new Set(config.doors.flatMap(({ access }) => access.watchList));
  const codes = [...watched, ...(first?.access.groups ?? []).map(({ collection }) => collection)];
  const people = (first?.access.persons ?? []).map(({ person }) => person);
  const counts: CodeCounts | null = countCodes(databaseIn(config.site.dataDir), { people, codes });
  if (counts === null) return [];
  return [
    ...counts.people.flatMap(({ key, count }) => {
      if (count === 0) return [`persons.${key}: nobody is enrolled under this id or exact name`];
      return count === 1
        ? []
        : [`persons.${key}: ${count} people are called so, and all are meant; ids tell them apart`];
    }),
    ...counts.codes.flatMap(({ key, count }) => {
      if (count > 0) return [];
      const where = watched.has(key) ? "watch_list" : "groups";
      return [`${where}: nobody is in the collection ${key}`];
    }),
  ];
}
