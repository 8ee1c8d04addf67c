import { type Connection, lookInto, type Store } from "#adapters/sqlite/database";
import { bytesOf, touch } from "#adapters/sqlite/gallery-writes";
import type { TemplateUpkeep } from "#ports/template-upkeep";

/** Faces of any other model, by the index of models: costs what there is of them, nothing when there are none. */
const OLD_FACES = `(SELECT id, person_id FROM faces WHERE model_id < @model
  UNION ALL SELECT id, person_id FROM faces WHERE model_id > @model) f`;
const HAS_NEW = "EXISTS (SELECT 1 FROM faces n WHERE n.person_id = f.person_id AND +n.model_id = @model)";

function countUnsearchable(connection: Connection, model: string): number {
  return (
    connection
      .prepare<{ model: string }, number>(
        `SELECT count(DISTINCT f.person_id) FROM ${OLD_FACES} JOIN persons p ON p.id = f.person_id
         WHERE p.active = 1 AND NOT ${HAS_NEW}`,
      )
      .pluck()
      .get({ model }) ?? 0
  );
}

/**
 * How many active people no search of this model can find, because every template they have is of another one. Only reads; 0 when
 * there is no database yet. Throws LIMEN_STORE_*.
 */
export function unsearchablePeopleIn(file: string, modelId: string): number {
  return lookInto(file, (connection) => countUnsearchable(connection, modelId)) ?? 0;
}

export function createSqliteTemplateUpkeep(store: Store): TemplateUpkeep {
  return {
    async peopleToRenew(model) {
      return store.run((connection) =>
        connection
          .prepare<{ model: string }, string>(
            `SELECT DISTINCT f.person_id FROM ${OLD_FACES} LEFT JOIN face_photos k ON k.face_id = f.id
             WHERE k.face_id IS NOT NULL OR NOT ${HAS_NEW} ORDER BY f.person_id`,
          )
          .pluck()
          .all({ model }),
      );
    },

    async oldFaces(personId, modelId) {
      return store.run((connection) => {
        const name = connection
          .prepare<[string], string>("SELECT name FROM persons WHERE id = ?")
          .pluck()
          .get(personId);
        if (name === undefined) return null;
        const faces = connection
          .prepare<[string], { faceId: string; model: string; photo: Buffer | null }>(
            `SELECT f.id AS faceId, f.model_id AS model, k.jpeg AS photo FROM faces f
             LEFT JOIN face_photos k ON k.face_id = f.id WHERE f.person_id = ? ORDER BY f.rowid`,
          )
          .all(personId);
        return {
          name,
          isSearchable: faces.some(({ model }) => model === modelId),
          faces: faces.filter(({ model }) => model !== modelId).map(({ faceId, photo }) => ({ faceId, photo })),
        };
      });
    },

    async renew(faces) {
      store.transact((connection) => {
        const update = connection.prepare("UPDATE faces SET model_id = ?, template = ?, norm = ? WHERE id = ?");
        for (const { faceId, template } of faces) {
          update.run(template.modelId, bytesOf(template.values), template.norm, faceId);
        }
        touch(connection);
      });
    },
  };
}
