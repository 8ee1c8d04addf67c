import type { Store } from "#adapters/sqlite/database";
import { valuesOf } from "#adapters/sqlite/gallery-writes";
import type { GalleryPiece, Membership } from "#ports/gallery";

/** Some ms of work for whoever takes a piece in. */
const PIECE_FACES = 1000;
const PIECE_MEMBERSHIPS = 10_000;

type FaceRow = [rowid: number, personId: string, template: Buffer, norm: number];

/** By rowid, which is how the rows lie in the file (the + keeps SQLite from going by the model, and to each row from the root). */
const SELECT_FACES = `SELECT rowid, person_id, template, norm FROM faces
  WHERE rowid > ? AND +model_id = ? ORDER BY rowid LIMIT ${PIECE_FACES}`;

const SELECT_MEMBERSHIPS = `SELECT collection_id, person_id FROM memberships
  WHERE (collection_id, person_id) > (?, ?) ORDER BY collection_id, person_id LIMIT ${PIECE_MEMBERSHIPS}`;

/**
 * Reads a gallery from end to end, a million faces of 512 numbers in about the time it takes to read their 2 GB. See
 * Gallery.everything. No transaction spans two pieces, so no writer waits and the log does not grow meanwhile.
 */
export async function* readEverything(store: Store, modelId: string): AsyncIterable<GalleryPiece> {
  const { start, inactive } = store.run((connection) =>
    connection.transaction(() => {
      const mark = connection.prepare<[], number>("SELECT number FROM revision").pluck().get() ?? 0;
      const people = connection.prepare<[], number>("SELECT count(*) FROM persons").pluck().get() ?? 0;
      const count = connection.prepare<[string], number>("SELECT count(*) FROM faces WHERE model_id = ?").pluck();
      const faces = count.get(modelId) ?? 0;
      const off = connection.prepare<[], string>("SELECT id FROM persons WHERE active = 0").pluck().all();
      return { start: { kind: "start", mark, people, faces } as const, inactive: new Set(off) };
    })(),
  );
  yield start;

  for (let last = 0; ; ) {
    const rows = store.run((connection) =>
      connection.prepare<[number, string], FaceRow>(SELECT_FACES).raw().all(last, modelId),
    );
    const faces = rows
      .filter(([, personId]) => !inactive.has(personId))
      .map(([, personId, template, norm]) => ({ personId, template: { modelId, values: valuesOf(template), norm } }));
    yield { kind: "faces", faces };
    if (rows.length < PIECE_FACES) break;
    last = rows.at(-1)?.[0] ?? last;
  }

  for (let last: Membership = { collectionId: "", personId: "" }; ; ) {
    const { collectionId, personId } = last;
    const rows = store.run((connection) =>
      connection.prepare<[string, string], [string, string]>(SELECT_MEMBERSHIPS).raw().all(collectionId, personId),
    );
    const memberships = rows.map(([collectionId, personId]) => ({ collectionId, personId }));
    yield { kind: "memberships", memberships };
    if (rows.length < PIECE_MEMBERSHIPS) break;
    last = memberships.at(-1) ?? last;
  }
}
