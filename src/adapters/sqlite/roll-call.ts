import { lookInto } from "#adapters/sqlite/database";

export interface CodeCounts {
  /** How many people have this id or exact name. */
  readonly people: readonly { readonly key: string; readonly count: number }[];
  /** How many people are in the collection of this code. */
  readonly codes: readonly { readonly key: string; readonly count: number }[];
}

/** Counts what a configuration names. Only reads; null when there is no database yet. Throws LIMEN_STORE_*. */
export function countCodes(
  file: string,
  { people, codes }: { people: readonly string[]; codes: readonly string[] },
): CodeCounts | null {
  return lookInto(file, (connection) => {
    const named = connection
      .prepare<[string, string], number>("SELECT count(*) FROM persons WHERE id = ? OR name = ?")
      .pluck();
    const members = connection
      .prepare<[string], number>(
        "SELECT count(*) FROM memberships m JOIN collections c ON c.id = m.collection_id WHERE c.code = ?",
      )
      .pluck();
    return {
      people: people.map((key) => ({ key, count: named.get(key, key) ?? 0 })),
      codes: codes.map((key) => ({ key, count: members.get(key) ?? 0 })),
    };
  });
}
