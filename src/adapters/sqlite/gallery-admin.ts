import { randomUUID } from "node:crypto";
import type { Connection, Store } from "#adapters/sqlite/database";
import {
  badCode,
  COLLECTION_CODE,
  existing,
  goodName,
  insertFaces,
  insertPerson,
  invalid,
  join,
  mustExist,
  newId,
  touch,
  twinOf,
  valuesOf,
  writeDetails,
} from "#adapters/sqlite/gallery-writes";
import { readCollection, readCollections, readPage, readPersons } from "#adapters/sqlite/person-records";
import type { Template } from "#core/face";
import { plainText } from "#core/plain-text";
import type { Clock } from "#ports/clock";
import type { GalleryAdmin, PersonRecord } from "#ports/gallery-admin";

/** Managing the gallery in SQLite, over the same file the door's gallery reads. */
export function createSqliteGalleryAdmin(store: Store, clock: Clock): GalleryAdmin {
  const change = <T>(work: (connection: Connection, now: number) => T): T => {
    const now = clock.now();
    return store.transact((connection) => {
      const result = work(connection, now);
      touch(connection);
      return result;
    });
  };
  const stamp = (connection: Connection, id: string, now: number): void => {
    connection.prepare("UPDATE persons SET modified_at = ? WHERE id = ?").run(now, id);
  };
  const modified = (connection: Connection, id: string, now: number): PersonRecord => {
    stamp(connection, id, now);
    return existing(connection, id);
  };
  const remove = (connection: Connection, id: string): boolean =>
    connection.prepare("DELETE FROM persons WHERE id = ?").run(id).changes > 0;
  const describeCollection = (connection: Connection, id: string, description: string | null, now: number): void => {
    connection
      .prepare(
        `INSERT INTO collection_details (collection_id, description, modified_at) VALUES (?, ?, ?)
         ON CONFLICT (collection_id) DO UPDATE SET description = excluded.description, modified_at = excluded.modified_at`,
      )
      .run(id, description, now);
  };

  return {
    createPerson: async (order) =>
      change((connection, now) => {
        const name = goodName(order.name);
        if (order.faces.length === 0) throw invalid("a person needs at least one face");
        const twin = twinOf(connection, order);
        if (twin !== null) return { created: false, person: twin };
        const id = newId();
        insertPerson(connection, { id, name, notes: order.notes }, now);
        writeDetails(connection, id, order);
        join(connection, id, order.collections);
        insertFaces(connection, id, order.faces, now);
        return { created: true, person: existing(connection, id) };
      }),

    updatePerson: async (id, changes) =>
      change((connection, now) => {
        const before = existing(connection, id);
        const after = { ...before, ...changes };
        const name = goodName(after.name);
        connection
          .prepare("UPDATE persons SET name = ?, name_key = ?, notes = ?, active = ? WHERE id = ?")
          .run(name, plainText(name), after.notes, after.active ? 1 : 0, id);
        writeDetails(connection, id, after);
        if (changes.collections !== undefined) {
          connection.prepare("DELETE FROM memberships WHERE person_id = ?").run(id);
          join(connection, id, changes.collections);
        }
        if (changes.faces !== undefined) {
          if (changes.faces.length === 0) throw invalid("a person needs at least one face");
          connection.prepare("DELETE FROM faces WHERE person_id = ?").run(id);
          insertFaces(connection, id, changes.faces, now);
        }
        return modified(connection, id, now);
      }),

    addFaces: async (id, faces) =>
      change((connection, now) => {
        mustExist(connection, id);
        insertFaces(connection, id, faces, now);
        return modified(connection, id, now);
      }),

    removeFace: async (id, faceId) =>
      change((connection, now) => {
        const { faces } = existing(connection, id);
        if (!faces.some((face) => face.id === faceId)) return "unknown";
        if (faces.length === 1) return "last";
        connection.prepare("DELETE FROM faces WHERE id = ?").run(faceId);
        modified(connection, id, now);
        return "removed";
      }),

    deletePerson: async (id) => change((connection) => remove(connection, id)),

    detachPerson: async (id, collectionId) =>
      change((connection, now) => {
        const { collections } = existing(connection, id);
        if (!collections.some((collection) => collection.id === collectionId)) return "not_a_member";
        if (collections.length === 1) {
          remove(connection, id);
          return "deleted";
        }
        connection.prepare("DELETE FROM memberships WHERE collection_id = ? AND person_id = ?").run(collectionId, id);
        modified(connection, id, now);
        return "detached";
      }),

    listPersons: async (query) => store.run((connection) => readPage(connection, query)),
    persons: async (ids) => store.run((connection) => readPersons(connection, ids)),

    templatesOf: async (id, modelId) =>
      store.run((connection) =>
        connection
          .prepare<[string, string], { template: Buffer; norm: number }>(
            "SELECT template, norm FROM faces WHERE person_id = ? AND model_id = ? ORDER BY rowid",
          )
          .all(id, modelId)
          .map(({ template, norm }): Template => ({ modelId, values: valuesOf(template), norm })),
      ),

    createCollection: async (order) =>
      change((connection, now) => {
        const code = order.code ?? randomUUID();
        if (!COLLECTION_CODE.test(code)) throw badCode();
        if (readCollection(connection, code) !== null) return null;
        const id = newId();
        connection
          .prepare("INSERT INTO collections (id, code, name, created_at) VALUES (?, ?, ?, ?)")
          .run(id, code, goodName(order.name), now);
        describeCollection(connection, id, order.description, now);
        return readCollection(connection, id);
      }),

    updateCollection: async (id, changes) =>
      change((connection, now) => {
        const before = readCollection(connection, id);
        if (before === null) return null;
        const { name, description } = { ...before, ...changes };
        connection.prepare("UPDATE collections SET name = ? WHERE id = ?").run(goodName(name), before.id);
        describeCollection(connection, before.id, description, now);
        if (changes.people !== undefined) {
          connection.prepare("DELETE FROM memberships WHERE collection_id = ?").run(before.id);
          for (const person of changes.people) {
            mustExist(connection, person);
            join(connection, person, [before.id]);
          }
        }
        return readCollection(connection, before.id);
      }),

    deleteCollection: async (id) =>
      change((connection) => {
        const before = readCollection(connection, id);
        if (before !== null) connection.prepare("DELETE FROM collections WHERE id = ?").run(before.id);
        return before;
      }),

    collections: async () => store.run(readCollections),
    collection: async (codeOrId) => store.run((connection) => readCollection(connection, codeOrId)),

    movePeople: async (ids, from, to) =>
      change((connection, now) => {
        const leave = connection.prepare("DELETE FROM memberships WHERE collection_id = ? AND person_id = ?");
        const moved = [...new Set(ids)].filter((id) => leave.run(from, id).changes > 0);
        for (const id of moved) {
          join(connection, id, [to]);
          stamp(connection, id, now);
        }
        return moved.length;
      }),
  };
}
