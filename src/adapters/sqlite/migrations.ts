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
  // What only managers of the gallery need lies beside the door's tables: the scan at start never reads a picture.
  `CREATE TABLE person_details (
     person_id TEXT PRIMARY KEY REFERENCES persons(id) ON DELETE CASCADE,
     gender TEXT CHECK (gender IN ('M', 'F')),
     date_of_birth TEXT,
     nationality TEXT
   ) STRICT;
   CREATE TABLE face_pictures (
     face_id TEXT PRIMARY KEY REFERENCES faces(id) ON DELETE CASCADE,
     jpeg BLOB NOT NULL
   ) STRICT;
   CREATE TABLE collection_details (
     collection_id TEXT PRIMARY KEY REFERENCES collections(id) ON DELETE CASCADE,
     description TEXT,
     modified_at INTEGER NOT NULL
   ) STRICT;`,
  // Whose faces, memberships or activity changed, and at which revision (the one that the writing transaction makes): a search
  // index follows by reading these people only. Triggers, so that no writer can forget; a removed person's line stays.
  `CREATE TABLE person_changes (person_id TEXT PRIMARY KEY, revision INTEGER NOT NULL) STRICT, WITHOUT ROWID;
   CREATE INDEX person_changes_by_revision ON person_changes(revision);
   ${(
     [
       ["persons", "INSERT", "NEW.id"],
       ["persons", "UPDATE OF active", "NEW.id"],
       ["persons", "DELETE", "OLD.id"],
       ["faces", "INSERT", "NEW.person_id"],
       ["faces", "UPDATE", "NEW.person_id"],
       ["faces", "DELETE", "OLD.person_id"],
       ["memberships", "INSERT", "NEW.person_id"],
       ["memberships", "DELETE", "OLD.person_id"],
     ] as const
   )
     .map(
       ([table, event, person], i) => `CREATE TRIGGER person_changes_${i} AFTER ${event} ON ${table} BEGIN
     INSERT INTO person_changes SELECT ${person}, number + 1 FROM revision WHERE true
       ON CONFLICT (person_id) DO UPDATE SET revision = excluded.revision; END;`,
     )
     .join("\n   ")}`,
  // Pictures to describe a face anew with another model; only where the configuration says faces.keep_photos.
  `CREATE TABLE face_photos (
     face_id TEXT PRIMARY KEY REFERENCES faces(id) ON DELETE CASCADE,
     jpeg BLOB NOT NULL
   ) STRICT;`,
  // Names without accents and case, so that lists by name and the look for a namesake read an index, not everybody. `fold` is a
  // function of this program's connections; whoever writes a name writes its key.
  `ALTER TABLE persons ADD COLUMN name_key TEXT NOT NULL DEFAULT '';
   UPDATE persons SET name_key = fold(name);
   CREATE INDEX persons_by_name ON persons(name_key, id);`,
  // People who may be taken for each other: each pair once, the smaller id first. And what a collection's threshold was measured to need.
  `CREATE TABLE look_alikes (
     one TEXT NOT NULL REFERENCES persons(id) ON DELETE CASCADE,
     other TEXT NOT NULL REFERENCES persons(id) ON DELETE CASCADE,
     score REAL NOT NULL,
     PRIMARY KEY (one, other),
     CHECK (one < other)
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX look_alikes_by_other ON look_alikes(other);
   CREATE TABLE calibrations (
     collection_id TEXT NOT NULL REFERENCES collections(id) ON DELETE CASCADE,
     model_id TEXT NOT NULL,
     score REAL NOT NULL,
     people INTEGER NOT NULL,
     slope REAL NOT NULL,
     fpir REAL NOT NULL,
     at INTEGER NOT NULL,
     PRIMARY KEY (collection_id, model_id)
   ) STRICT, WITHOUT ROWID;`,
];
