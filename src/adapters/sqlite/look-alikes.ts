import type { Connection } from "#adapters/sqlite/database";
import type { LookAlikePair } from "#ports/gallery";

/** Of a pair that is known the higher score stays; a person who is gone makes no pair. Inside somebody's transaction. */
export function insertLookAlikes(connection: Connection, pairs: readonly LookAlikePair[]): void {
  const insert = connection.prepare(
    `INSERT INTO look_alikes SELECT a.id, b.id, @score FROM persons a, persons b WHERE a.id = @one AND b.id = @other
     ON CONFLICT (one, other) DO UPDATE SET score = max(score, excluded.score)`,
  );
  for (const { personIds, score } of pairs) {
    const [one, other] = [...personIds].sort();
    if (one !== other) insert.run({ one, other, score });
  }
}

export function readLookAlikes(connection: Connection, personId: string): { personId: string; score: number }[] {
  return connection
    .prepare<{ id: string }, { personId: string; score: number }>(
      `SELECT other AS personId, score FROM look_alikes WHERE one = @id
       UNION ALL SELECT one AS personId, score FROM look_alikes WHERE other = @id ORDER BY score DESC, personId`,
    )
    .all({ id: personId });
}
