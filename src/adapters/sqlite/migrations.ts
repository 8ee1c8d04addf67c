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
  // What people say of decisions afterwards; the newest word counts, none is ever lost.
  `CREATE TABLE labels (
     sequence INTEGER PRIMARY KEY AUTOINCREMENT,
     decision INTEGER NOT NULL REFERENCES decisions(sequence),
     at INTEGER NOT NULL,
     label TEXT NOT NULL CHECK (label IN ('right', 'wrong', 'unclear'))
   ) STRICT;
   CREATE INDEX labels_by_decision ON labels(decision, sequence);
   CREATE TRIGGER labels_never_change BEFORE UPDATE ON labels BEGIN SELECT RAISE(ABORT, 'labels never change'); END;`,
  // What doors remember, and what happened at them besides decisions. A stay may be of somebody that only an engine on the network
  // knows, hence no reference; who is removed here is forgotten there.
  `CREATE TABLE lock_outs (
     door TEXT PRIMARY KEY,
     refused_at TEXT NOT NULL,
     until INTEGER,
     length_ms INTEGER NOT NULL,
     in_a_row INTEGER NOT NULL
   ) STRICT;
   CREATE TABLE stays (
     person_id TEXT NOT NULL,
     area TEXT NOT NULL,
     since INTEGER NOT NULL,
     PRIMARY KEY (person_id, area)
   ) STRICT, WITHOUT ROWID;
   CREATE TRIGGER stays_end_with_the_person AFTER DELETE ON persons BEGIN
     DELETE FROM stays WHERE person_id = OLD.id; END;
   CREATE TABLE door_events (
     sequence INTEGER PRIMARY KEY AUTOINCREMENT,
     id TEXT NOT NULL UNIQUE,
     at INTEGER NOT NULL,
     door TEXT NOT NULL,
     event TEXT NOT NULL
   ) STRICT;
   CREATE TRIGGER door_events_never_change BEFORE UPDATE ON door_events BEGIN
     SELECT RAISE(ABORT, 'door events never change'); END;`,
  // Calls to a paid search engine: a row for each month, each day and the minute that runs.
  `CREATE TABLE engine_calls (period TEXT PRIMARY KEY, calls INTEGER NOT NULL) STRICT, WITHOUT ROWID;`,
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
  // Who may use the console, who does, and how often somebody tried.
  `CREATE TABLE accounts (name TEXT PRIMARY KEY, role TEXT NOT NULL, salt BLOB NOT NULL, hash BLOB NOT NULL) STRICT;
   CREATE TABLE sessions (key TEXT PRIMARY KEY, account TEXT NOT NULL, opened_at INTEGER NOT NULL, until INTEGER NOT NULL) STRICT;
   CREATE TABLE sign_in_attempts (source TEXT PRIMARY KEY, tokens REAL NOT NULL, at INTEGER NOT NULL) STRICT;
   CREATE TABLE console_link (digest BLOB NOT NULL, until INTEGER NOT NULL) STRICT;`,
  // How doors were put from afar, and what became of the openings that somebody asked for from there.
  `CREATE TABLE door_modes (door TEXT PRIMARY KEY, standing TEXT NOT NULL) STRICT, WITHOUT ROWID;
   CREATE TABLE door_event_outcomes (
     sequence INTEGER PRIMARY KEY AUTOINCREMENT,
     event_id TEXT NOT NULL REFERENCES door_events(id),
     at INTEGER NOT NULL,
     actuation TEXT NOT NULL,
     why TEXT NOT NULL,
     command_id TEXT
   ) STRICT;
   CREATE INDEX door_event_outcomes_by_event ON door_event_outcomes(event_id, sequence);
   CREATE TRIGGER door_event_outcomes_never_change BEFORE UPDATE ON door_event_outcomes BEGIN
     SELECT RAISE(ABORT, 'outcomes never change'); END;`,
];
