import type { Connection, Store } from "#adapters/sqlite/database";
import { readEverything } from "#adapters/sqlite/gallery-reading";
import {
  badCode,
  COLLECTION_CODE,
  goodName,
  insertFaces,
  insertPerson,
  invalid,
  newId,
  touch,
  unknown,
  valuesOf,
} from "#adapters/sqlite/gallery-writes";
import { insertLookAlikes, readLookAlikes } from "#adapters/sqlite/look-alikes";
import { basicsOf, type PersonRow } from "#adapters/sqlite/person-rows";
import type { Template } from "#core/face";
import type { Clock } from "#ports/clock";
import type { Collection, Gallery, NewPerson, Person } from "#ports/gallery";
import type { NewFace } from "#ports/gallery-admin";

interface SummaryRow extends PersonRow {
  faces: number;
  collections: string | null;
}

const SELECT_PERSON = `SELECT p.*, (SELECT count(*) FROM faces f WHERE f.person_id = p.id) AS faces,
  (SELECT group_concat(m.collection_id) FROM memberships m WHERE m.person_id = p.id) AS collections FROM persons p`;

/** From the people to their faces, in this order and by this index (CROSS and +): the other way reads everybody's for each few. */
const SELECT_SEARCHABLE = `SELECT f.person_id, f.template, f.norm
  FROM json_each(?) j CROSS JOIN persons p ON p.id = j.value CROSS JOIN faces f ON f.person_id = p.id
  WHERE +f.model_id = ? AND p.active = 1`;

const SELECT_MEMBERSHIPS =
  "SELECT person_id, collection_id FROM json_each(?) j CROSS JOIN memberships m ON m.person_id = j.value";

/** How often a change made by another process is looked for. */
const POLL_MS = 500;

function personOf(row: SummaryRow): Person {
  return {
    ...basicsOf(row),
    collections: row.collections === null ? [] : row.collections.split(","),
    faces: row.faces,
  };
}

function faceOf(template: Template, photo: Uint8Array | undefined): NewFace {
  return { template, thumbnail: null, ...(photo === undefined ? {} : { photo }) };
}

function checkPerson(person: NewPerson): void {
  if (person.faces.length === 0) throw invalid("a person needs at least one face");
  if (!person.collections.every((code) => COLLECTION_CODE.test(code))) throw badCode();
}

function collectionOf(connection: Connection, codeOrId: string): Collection | undefined {
  return connection
    .prepare<[string, string], Collection>("SELECT id, code, name FROM collections WHERE code = ? OR id = ?")
    .get(codeOrId, codeOrId);
}

/** The gallery in SQLite. Several processes may use one file; each sees the others' changes within POLL_MS. */
export function createSqliteGallery(store: Store, clock: Clock): Gallery {
  const find = (connection: Connection, id: string): Person | null => {
    const row = connection.prepare<[string], SummaryRow>(`${SELECT_PERSON} WHERE p.id = ?`).get(id);
    return row === undefined ? null : personOf(row);
  };

  return {
    async addPerson(person) {
      checkPerson(person);
      const name = goodName(person.name);
      const id = newId();
      const now = clock.now();
      return store.transact((connection) => {
        insertPerson(connection, { id, name, notes: person.notes ?? null }, now);
        for (const code of person.collections) {
          const known = collectionOf(connection, code)?.id;
          const collectionId = known ?? newId();
          if (known === undefined) {
            connection.prepare("INSERT INTO collections VALUES (?, ?, ?, ?)").run(collectionId, code, code, now);
          }
          connection.prepare("INSERT OR IGNORE INTO memberships VALUES (?, ?)").run(collectionId, id);
        }
        insertFaces(
          connection,
          id,
          person.faces.map((face, i) => faceOf(face, person.photos?.[i])),
          now,
        );
        touch(connection);
        const added = find(connection, id);
        if (added === null) throw unknown(id);
        return added;
      });
    },

    async people(collection) {
      return store.run((connection) => {
        if (collection === undefined) {
          return connection.prepare<[], SummaryRow>(`${SELECT_PERSON} ORDER BY p.name, p.id`).all().map(personOf);
        }
        const known = collectionOf(connection, collection);
        if (known === undefined) return [];
        const inIt = "p.id IN (SELECT person_id FROM memberships WHERE collection_id = ?)";
        return connection
          .prepare<[string], SummaryRow>(`${SELECT_PERSON} WHERE ${inIt} ORDER BY p.name, p.id`)
          .all(known.id)
          .map(personOf);
      });
    },

    person: async (id) => store.run((connection) => find(connection, id)),

    async removePerson(id) {
      return store.transact((connection) => {
        const gone = connection.prepare("DELETE FROM persons WHERE id = ?").run(id).changes > 0;
        if (gone) touch(connection);
        return gone;
      });
    },

    noteLookAlikes: async (pairs) => store.transact((connection) => insertLookAlikes(connection, pairs)),

    lookAlikesOf: async (id) => store.run((connection) => readLookAlikes(connection, id)),

    collection: async (codeOrId) => store.run((connection) => collectionOf(connection, codeOrId) ?? null),

    everything: (modelId) => readEverything(store, modelId),

    async peopleChanged(mark) {
      return store.run((connection) => {
        const read = connection.transaction(() => {
          const now = connection.prepare<[], number>("SELECT number FROM revision").pluck().get() ?? 0;
          // A mark from the future means that an older database has been put back.
          if (mark === null || mark > now) {
            // In the order they were written, which is about the order their faces lie on the disk.
            const everybody = connection.prepare<[], string>("SELECT id FROM persons ORDER BY rowid").pluck().all();
            return { mark: now, personIds: everybody, isEverybody: true };
          }
          const changed = connection.prepare<[number], string>(
            "SELECT person_id FROM person_changes WHERE revision > ?",
          );
          return { mark: now, personIds: changed.pluck().all(mark), isEverybody: false };
        });
        return read();
      });
    },

    async searchable(modelId, personIds) {
      return store.run((connection) => {
        const wanted = JSON.stringify(personIds);
        const people = new Map<string, { personId: string; collections: string[]; faces: Template[] }>();
        // Rows as lists: a million of them are read at start.
        const faces = connection.prepare<[string, string], [string, Buffer, number]>(SELECT_SEARCHABLE).raw();
        for (const [personId, template, norm] of faces.all(wanted, modelId)) {
          const face = { modelId, values: valuesOf(template), norm };
          const known = people.get(personId);
          if (known === undefined) people.set(personId, { personId, collections: [], faces: [face] });
          else known.faces.push(face);
        }
        const memberships = connection.prepare<[string], [string, string]>(SELECT_MEMBERSHIPS).raw();
        for (const [personId, collection] of memberships.all(wanted))
          people.get(personId)?.collections.push(collection);
        return [...people.values()];
      });
    },

    async *changes(signal) {
      const revision = store.connection.prepare<[], { number: number }>("SELECT number FROM revision");
      // A poll that finds the database locked is no news; the next one reads it.
      const read = (): number | null => {
        try {
          return store.run(() => revision.get()?.number ?? null);
        } catch {
          return null;
        }
      };
      let known = read();
      while (!signal.aborted) {
        const slept = await clock.sleep(POLL_MS, signal).then(
          () => true,
          () => false,
        );
        if (!slept) return;
        const now = read();
        if (now !== null && now !== known) {
          known = now;
          yield;
        }
      }
    },
  };
}
