/** One entry a schema version, applied in order and never changed once released. */
export const MIGRATIONS: readonly string[] = [
  `CREATE TABLE persons (
     id TEXT PRIMARY KEY,
     name TEXT NOT NULL,
     notes TEXT,
     active INTEGER NOT NULL DEFAULT 1,
     created_at INTEGER NOT NULL,
     modified_at INTEGER NOT NULL
   ) STRICT;
   CREATE TABLE collections (
     id TEXT PRIMARY KEY,
     code TEXT NOT NULL UNIQUE,
     name TEXT NOT NULL,
     created_at INTEGER NOT NULL
   ) STRICT;
   CREATE TABLE memberships (
     collection_id TEXT NOT NULL REFERENCES collections(id) ON DELETE CASCADE,
     person_id TEXT NOT NULL REFERENCES persons(id) ON DELETE CASCADE,
     PRIMARY KEY (collection_id, person_id)
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX memberships_by_person ON memberships(person_id);
   CREATE TABLE faces (
     id TEXT PRIMARY KEY,
     person_id TEXT NOT NULL REFERENCES persons(id) ON DELETE CASCADE,
     model_id TEXT NOT NULL,
     template BLOB NOT NULL,
     norm REAL NOT NULL,
     created_at INTEGER NOT NULL
   ) STRICT;
   CREATE INDEX faces_by_person ON faces(person_id);
   CREATE INDEX faces_by_model ON faces(model_id);
   CREATE TABLE decisions (
     sequence INTEGER PRIMARY KEY AUTOINCREMENT,
     id TEXT NOT NULL UNIQUE,
     at INTEGER NOT NULL,
     door TEXT NOT NULL,
     person_id TEXT,
     record TEXT NOT NULL
   ) STRICT;
   CREATE INDEX decisions_by_door ON decisions(door, sequence);
   CREATE TABLE amendments (
     sequence INTEGER PRIMARY KEY AUTOINCREMENT,
     decision_id TEXT NOT NULL REFERENCES decisions(id),
     at INTEGER NOT NULL,
     actuation TEXT NOT NULL,
     why TEXT NOT NULL,
     command_id TEXT,
     latency_ms REAL
   ) STRICT;
   CREATE INDEX amendments_by_decision ON amendments(decision_id, sequence);
   CREATE TRIGGER decisions_never_change BEFORE UPDATE ON decisions BEGIN SELECT RAISE(ABORT, 'decisions never change'); END;
   CREATE TRIGGER amendments_never_change BEFORE UPDATE ON amendments BEGIN SELECT RAISE(ABORT, 'amendments never change'); END;
   CREATE TABLE revision (one INTEGER PRIMARY KEY CHECK (one = 1), number INTEGER NOT NULL) STRICT;
   INSERT INTO revision VALUES (1, 0);`,
];
