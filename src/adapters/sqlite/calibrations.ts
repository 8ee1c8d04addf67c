import { type Connection, lookInto, type Store } from "#adapters/sqlite/database";
import { instant } from "#core/instant";
import type { CalibrationBook, KeptCalibration } from "#ports/calibration-book";

interface Row {
  score: number;
  people: number;
  slope: number;
  fpir: number;
  at: number;
}

function readCalibration(connection: Connection, collection: string, modelId: string): KeptCalibration | null {
  const row = connection
    .prepare<[string, string], Row>(
      `SELECT k.score, k.people, k.slope, k.fpir, k.at FROM calibrations k
       JOIN collections c ON c.id = k.collection_id WHERE c.code = ? AND k.model_id = ?`,
    )
    .get(collection, modelId);
  if (row === undefined) return null;
  const { score, people, slope, fpir, at } = row;
  return { score, people, slopePerDecade: slope, fpir, at: instant(at) };
}

/**
 * The calibration in a database file, and how many people are in the collection, for commands that only look. Null when there is no
 * database yet, or one from before there were calibrations. Throws LIMEN_STORE_*.
 */
export function calibrationIn(
  file: string,
  collection: string,
  modelId: string,
): { people: number; calibration: KeptCalibration | null } | null {
  return lookInto(file, (connection) => {
    const tables = connection.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'calibrations'");
    if (tables.get() === undefined) return null;
    const people =
      connection
        .prepare<[string, string], number>(
          `SELECT count(*) FROM memberships m JOIN collections c ON c.id = m.collection_id
           JOIN persons p ON p.id = m.person_id WHERE c.code = ? AND p.active = 1
           AND EXISTS (SELECT 1 FROM faces f WHERE f.person_id = p.id AND +f.model_id = ?)`,
        )
        .pluck()
        .get(collection, modelId) ?? 0;
    return { people, calibration: readCalibration(connection, collection, modelId) };
  });
}

export function createSqliteCalibrations(store: Store): CalibrationBook {
  return {
    inForce: async (collection, modelId) => store.run((connection) => readCalibration(connection, collection, modelId)),

    async apply(collection, modelId, { score, people, slopePerDecade, fpir, at }) {
      return store.transact((connection) => {
        const { changes } = connection
          .prepare(
            `INSERT INTO calibrations (collection_id, model_id, score, people, slope, fpir, at)
             SELECT id, @modelId, @score, @people, @slopePerDecade, @fpir, @at FROM collections WHERE code = @collection
             ON CONFLICT (collection_id, model_id) DO UPDATE SET score = excluded.score, people = excluded.people,
             slope = excluded.slope, fpir = excluded.fpir, at = excluded.at`,
          )
          .run({ collection, modelId, score, people, slopePerDecade, fpir, at });
        return changes > 0;
      });
    },

    async forget(collection, modelId) {
      return store.transact((connection) => {
        const { changes } = connection
          .prepare(
            `DELETE FROM calibrations WHERE model_id = ?
             AND collection_id IN (SELECT id FROM collections WHERE code = ?)`,
          )
          .run(modelId, collection);
        return changes > 0;
      });
    },
  };
}
