import type { Connection } from "#adapters/sqlite/database";
import { basicsOf, type PersonRow } from "#adapters/sqlite/person-rows";
import { instant } from "#core/instant";
import { plainText } from "#core/plain-text";
import type { CollectionRecord, FaceRecord, PersonQuery, PersonRecord } from "#ports/gallery-admin";

/** Reading what managers of the gallery see: people with details, faces and collections, a few statements a page. */

interface RecordRow extends PersonRow {
  gender: "M" | "F" | null;
  date_of_birth: string | null;
  nationality: string | null;
}

interface CollectionRow {
  id: string;
  code: string;
  name: string;
  created_at: number;
  modified_at: number | null;
  description: string | null;
  count: number;
}

const COLLECTIONS = `SELECT c.*, d.description, d.modified_at,
  (SELECT count(*) FROM memberships m WHERE m.collection_id = c.id) AS count
  FROM collections c LEFT JOIN collection_details d ON d.collection_id = c.id`;

const PERSONS = "FROM persons p LEFT JOIN person_details d ON d.person_id = p.id";

const ORDERS: Readonly<Record<PersonQuery["orderBy"], string>> = {
  name: "p.name_key",
  created: "p.created_at",
  modified: "p.modified_at",
};

function collectionOf(row: CollectionRow): CollectionRecord {
  return {
    id: row.id,
    code: row.code,
    name: row.name,
    description: row.description,
    count: row.count,
    createdAt: instant(row.created_at),
    modifiedAt: instant(row.modified_at ?? row.created_at),
  };
}

export function readCollections(connection: Connection): CollectionRecord[] {
  return connection.prepare<[], CollectionRow>(`${COLLECTIONS} ORDER BY c.name, c.id`).all().map(collectionOf);
}

export function readCollection(connection: Connection, codeOrId: string): CollectionRecord | null {
  // A code that looks like another collection's id must not hide it: the id wins.
  const statement = connection.prepare<[string, string, string], CollectionRow>(
    `${COLLECTIONS} WHERE c.id = ? OR c.code = ? ORDER BY c.id = ? DESC LIMIT 1`,
  );
  const row = statement.get(codeOrId, codeOrId, codeOrId);
  return row === undefined ? null : collectionOf(row);
}

function complete(connection: Connection, row: RecordRow, all: ReadonlyMap<string, CollectionRecord>): PersonRecord {
  const faces = connection
    .prepare<[string], FaceRecord>(
      `SELECT f.id, t.jpeg AS thumbnail FROM faces f LEFT JOIN face_pictures t ON t.face_id = f.id
       WHERE f.person_id = ? ORDER BY f.rowid`,
    )
    .all(row.id);
  const memberships = connection
    .prepare<[string], { id: string }>(
      "SELECT collection_id AS id FROM memberships WHERE person_id = ? ORDER BY collection_id",
    )
    .all(row.id);
  return {
    ...basicsOf(row),
    gender: row.gender,
    dateOfBirth: row.date_of_birth,
    nationality: row.nationality,
    collections: memberships.map(({ id }) => all.get(id)).filter((collection) => collection !== undefined),
    faces,
  };
}

/** Collections by id, each read once for a whole page of people. */
function collectionsById(connection: Connection): ReadonlyMap<string, CollectionRecord> {
  return new Map(readCollections(connection).map((collection) => [collection.id, collection]));
}

export function readPersons(connection: Connection, ids: readonly string[]): PersonRecord[] {
  if (ids.length === 0) return [];
  const all = collectionsById(connection);
  const statement = connection.prepare<[string], RecordRow>(
    `SELECT p.*, d.gender, d.date_of_birth, d.nationality ${PERSONS} WHERE p.id = ?`,
  );
  return ids
    .map((id) => statement.get(id))
    .filter((row) => row !== undefined)
    .map((row) => complete(connection, row, all));
}

export function readPage(connection: Connection, query: PersonQuery): { people: PersonRecord[]; total: number } {
  const conditions: string[] = [];
  const values: (string | number)[] = [];
  if (query.collections !== null) {
    const places = query.collections.map(() => "?").join(", ");
    conditions.push(`p.id IN (SELECT person_id FROM memberships WHERE collection_id IN (${places}))`);
    values.push(...query.collections);
  }
  if (query.nameContains !== null) {
    conditions.push("instr(p.name_key, ?) > 0");
    values.push(plainText(query.nameContains));
  }
  if (query.dateOfBirth !== null) {
    conditions.push("d.date_of_birth = ?");
    values.push(query.dateOfBirth);
  }
  if (query.active !== null) {
    conditions.push("p.active = ?");
    values.push(query.active ? 1 : 0);
  }
  const where = conditions.length === 0 ? "" : `WHERE ${conditions.join(" AND ")}`;
  const total =
    connection
      .prepare<(string | number)[], { count: number }>(`SELECT count(*) AS count ${PERSONS} ${where}`)
      .get(...values)?.count ?? 0;
  const direction = query.descending ? "DESC" : "ASC";
  const rows = connection
    .prepare<(string | number)[], RecordRow>(
      `SELECT p.*, d.gender, d.date_of_birth, d.nationality ${PERSONS} ${where}
       ORDER BY ${ORDERS[query.orderBy]} ${direction}, p.id ${direction} LIMIT ? OFFSET ?`,
    )
    .all(...values, query.limit, query.offset);
  const all = rows.length === 0 ? new Map<string, CollectionRecord>() : collectionsById(connection);
  return { people: rows.map((row) => complete(connection, row, all)), total };
}
