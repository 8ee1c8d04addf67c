import { randomBytes, randomUUID } from "node:crypto";
import type { Connection } from "#adapters/sqlite/database";
import { readPersons } from "#adapters/sqlite/person-records";
import { MAX_FACES } from "#core/enrolment";
import { plainText } from "#core/plain-text";
import { LimenError } from "#errors";
import type { NewFace, PersonDetails, PersonOrder, PersonRecord } from "#ports/gallery-admin";

/** The single statements that managing the gallery is made of; each runs inside somebody's transaction. */

const MAX_NAME = 100;
/** What a configuration may write for a collection. */
export const COLLECTION_CODE = /^[a-z0-9_-]{1,64}$/;

export function newId(): string {
  return randomBytes(12).toString("hex");
}

export function bytesOf({ buffer, byteOffset, byteLength }: Float32Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}

/** The numbers in a blob: in its own memory, or in a copy of it where that does not lie on a number's border. */
export function valuesOf(blob: Buffer): Float32Array {
  if (blob.byteOffset % Float32Array.BYTES_PER_ELEMENT === 0) {
    return new Float32Array(blob.buffer, blob.byteOffset, Math.floor(blob.byteLength / Float32Array.BYTES_PER_ELEMENT));
  }
  const values = new Float32Array(blob.byteLength / Float32Array.BYTES_PER_ELEMENT);
  new Uint8Array(values.buffer).set(blob);
  return values;
}

export function goodName(name: string): string {
  const trimmed = name.trim();
  if (trimmed === "" || trimmed.length > MAX_NAME) throw invalid(`a name has 1 to ${MAX_NAME} characters`);
  return trimmed;
}

export function invalid(message: string): LimenError {
  return new LimenError("LIMEN_PERSON_INVALID", message);
}

export function badCode(): LimenError {
  return invalid("a collection's code is 1 to 64 of a-z 0-9 _ -");
}

export function unknown(id: string): LimenError {
  return new LimenError("LIMEN_PERSON_UNKNOWN", `nobody is enrolled under the id ${id}`);
}

/** Throws LIMEN_PERSON_UNKNOWN; reads nothing of the person. */
export function mustExist(connection: Connection, id: string): void {
  if (connection.prepare("SELECT 1 FROM persons WHERE id = ?").get(id) === undefined) throw unknown(id);
}

export function existing(connection: Connection, id: string): PersonRecord {
  const [person] = readPersons(connection, [id]);
  if (person === undefined) throw unknown(id);
  return person;
}

export function insertPerson(
  connection: Connection,
  { id, name, notes }: { id: string; name: string; notes: string | null },
  now: number,
): void {
  connection
    .prepare(
      "INSERT INTO persons (id, name, name_key, notes, active, created_at, modified_at) VALUES (?, ?, ?, ?, 1, ?, ?)",
    )
    .run(id, name, plainText(name), notes, now, now);
}

export function touch(connection: Connection): void {
  connection.prepare("UPDATE revision SET number = number + 1").run();
}

/** Throws LIMEN_PERSON_INVALID when the person would have too many faces. */
export function insertFaces(connection: Connection, personId: string, faces: readonly NewFace[], now: number): void {
  const face = connection.prepare(
    "INSERT INTO faces (id, person_id, model_id, template, norm, created_at) VALUES (?, ?, ?, ?, ?, ?)",
  );
  const picture = connection.prepare("INSERT INTO face_pictures (face_id, jpeg) VALUES (?, ?)");
  const kept = connection.prepare("INSERT INTO face_photos (face_id, jpeg) VALUES (?, ?)");
  for (const { template, thumbnail, photo } of faces) {
    const id = randomUUID();
    face.run(id, personId, template.modelId, bytesOf(template.values), template.norm, now);
    if (thumbnail !== null) picture.run(id, thumbnail);
    if (photo !== undefined) kept.run(id, photo);
  }
  const crowded = connection.prepare("SELECT 1 FROM faces WHERE person_id = ? GROUP BY model_id HAVING COUNT(*) > ?");
  if (crowded.get(personId, MAX_FACES) === undefined) return;
  throw new LimenError("LIMEN_PERSON_INVALID", `one person has at most ${MAX_FACES} faces`, {
    hint: "remove faces that no longer look like them, then add new ones",
  });
}

export function join(connection: Connection, personId: string, collectionIds: readonly string[]): void {
  const statement = connection.prepare("INSERT OR IGNORE INTO memberships (collection_id, person_id) VALUES (?, ?)");
  const known = connection.prepare("SELECT 1 FROM collections WHERE id = ?");
  for (const id of collectionIds) {
    if (known.get(id) === undefined) throw invalid(`there is no collection ${id}`);
    statement.run(id, personId);
  }
}

export function writeDetails(connection: Connection, id: string, details: Omit<PersonDetails, "notes">): void {
  connection
    .prepare(
      `INSERT INTO person_details (person_id, gender, date_of_birth, nationality) VALUES (?, ?, ?, ?)
       ON CONFLICT (person_id) DO UPDATE SET gender = excluded.gender, date_of_birth = excluded.date_of_birth,
       nationality = excluded.nationality`,
    )
    .run(id, details.gender, details.dateOfBirth, details.nationality);
}

/** Somebody of the same name and date of birth who shares a collection with the order (or, like it, is in none). */
export function twinOf(connection: Connection, order: PersonOrder): PersonRecord | null {
  const ids = connection
    .prepare<[string, string | null], { id: string }>(
      `SELECT p.id FROM persons p LEFT JOIN person_details d ON d.person_id = p.id
       WHERE p.name_key = ? AND d.date_of_birth IS ? ORDER BY p.created_at, p.id`,
    )
    .all(plainText(order.name.trim()), order.dateOfBirth);
  const wanted = new Set(order.collections);
  const people = readPersons(
    connection,
    ids.map(({ id }) => id),
  );
  return (
    people.find(({ collections }) =>
      wanted.size === 0 ? collections.length === 0 : collections.some(({ id }) => wanted.has(id)),
    ) ?? null
  );
}
