import type { Store } from "#adapters/sqlite/database";
import type { Label } from "#core/arming";
import type { DecisionRecord } from "#core/decision-record";
import type { DoorEvent } from "#core/door-event";
import { type Instant, instant } from "#core/instant";
import type { Actuation } from "#core/reason";
import { LimenError } from "#errors";
import type { AuditEntry, AuditLog } from "#ports/audit-log";

interface Row {
  sequence: number;
  record: string;
  person_name: string | null;
  decision_id: string | null;
  amended_at: number | null;
  actuation: Actuation | null;
  why: string | null;
  command_id: string | null;
  latency_ms: number | null;
  label: Label | null;
}

const ENTRIES = `SELECT d.sequence, d.record, p.name AS person_name,
    a.decision_id, a.at AS amended_at, a.actuation, a.why, a.command_id, a.latency_ms,
    (SELECT label FROM labels WHERE decision = d.sequence ORDER BY sequence DESC LIMIT 1) AS label
  FROM decisions d
  LEFT JOIN persons p ON p.id = d.person_id
  LEFT JOIN amendments a ON a.sequence = (SELECT max(sequence) FROM amendments WHERE decision_id = d.id)
  WHERE (@door IS NULL OR d.door = @door)`;

const LIST = `${ENTRIES}
    AND (@before IS NULL OR d.sequence < @before)
    AND (@personId IS NULL OR d.person_id = @personId)
    AND (@from IS NULL OR d.at >= @from) AND (@until IS NULL OR d.at < @until)
    AND (@result IS NULL OR json_extract(d.record, '$.result') = @result)
    AND (@reason IS NULL OR json_extract(d.record, '$.reason') = @reason)
  ORDER BY d.sequence DESC LIMIT @limit`;
const ONE = `${ENTRIES} AND d.sequence = @sequence`;

const PAGE_ENTRIES = 200;
const SINCE = `${ENTRIES} AND d.sequence > @after AND d.at >= @at ORDER BY d.sequence LIMIT ${PAGE_ENTRIES}`;

const EVENTS = `SELECT e.event,
    (SELECT actuation FROM door_event_outcomes WHERE event_id = e.id ORDER BY sequence DESC LIMIT 1) AS actuation
  FROM door_events e WHERE (? IS NULL OR e.door = ?) ORDER BY e.sequence DESC LIMIT ?`;

/** Records are written by this program alone and guarded against change by triggers, so their JSON is trusted on the way back. */
function entryOf(row: Row): AuditEntry {
  const record = JSON.parse(row.record) as DecisionRecord;
  const amended = row.decision_id !== null && row.amended_at !== null && row.actuation !== null;
  return {
    sequence: row.sequence,
    record,
    personName: row.person_name,
    outcome: amended
      ? {
          decisionId: row.decision_id ?? record.id,
          at: instant(row.amended_at ?? 0),
          actuation: row.actuation ?? "none",
          why: row.why ?? "",
          commandId: row.command_id,
          latencyMs: row.latency_ms,
        }
      : null,
    label: row.label,
  };
}

/** Decisions and their amendments: append-only tables, each append on disk before it returns. */
export function createSqliteAuditLog(store: Store): AuditLog {
  return {
    async append(record) {
      return store.transact((connection) =>
        Number(
          connection
            .prepare("INSERT INTO decisions (id, at, door, person_id, record) VALUES (?, ?, ?, ?, ?)")
            .run(record.id, record.at, record.door, record.personId, JSON.stringify(record)).lastInsertRowid,
        ),
      );
    },

    async amend(amendment) {
      store.transact((connection) =>
        connection
          .prepare(
            "INSERT INTO amendments (decision_id, at, actuation, why, command_id, latency_ms) VALUES (?, ?, ?, ?, ?, ?)",
          )
          .run(
            amendment.decisionId,
            amendment.at,
            amendment.actuation,
            amendment.why,
            amendment.commandId,
            amendment.latencyMs,
          ),
      );
    },

    async note(event) {
      store.transact((connection) =>
        connection
          .prepare("INSERT INTO door_events (id, at, door, event) VALUES (?, ?, ?, ?)")
          .run(event.id, event.at, event.door, JSON.stringify(event)),
      );
    },

    async amendNote({ eventId, at, actuation, why, commandId }) {
      store.transact((connection) =>
        connection
          .prepare("INSERT INTO door_event_outcomes (event_id, at, actuation, why, command_id) VALUES (?, ?, ?, ?, ?)")
          .run(eventId, at, actuation, why, commandId),
      );
    },

    async events({ limit, door }) {
      return store.run((connection) =>
        connection
          .prepare<[string | null, string | null, number], { event: string; actuation: Actuation | null }>(EVENTS)
          .all(door ?? null, door ?? null, limit)
          .map(({ event, actuation }): DoorEvent => {
            return { ...JSON.parse(event), ...(actuation === null ? {} : { actuation }) };
          }),
      );
    },

    async list(query) {
      const { door = null, result = null, reason = null, personId = null, before = null } = query;
      const { from = null, until = null, limit } = query;
      const wanted = { door, result, reason, personId, before, from, until, limit };
      return store.run((connection) => connection.prepare<typeof wanted, Row>(LIST).all(wanted).map(entryOf));
    },

    async entry(sequence) {
      const row = store.run((connection) =>
        connection.prepare<{ door: null; sequence: number }, Row>(ONE).get({ door: null, sequence }),
      );
      return row === undefined ? null : entryOf(row);
    },

    async *since({ at, door }) {
      for (let after = 0; ; ) {
        const rows = store.run((connection) =>
          connection
            .prepare<{ door: string | null; after: number; at: Instant }, Row>(SINCE)
            .all({ door: door ?? null, after, at }),
        );
        for (const row of rows) yield entryOf(row);
        if (rows.length < PAGE_ENTRIES) return;
        after = rows.at(-1)?.sequence ?? after;
      }
    },

    async label({ sequences, label, at }) {
      store.transact((connection) => {
        const known = connection.prepare<[number], number>("SELECT 1 FROM decisions WHERE sequence = ?").pluck();
        const insert = connection.prepare("INSERT INTO labels (decision, at, label) VALUES (?, ?, ?)");
        for (const sequence of sequences) {
          if (known.get(sequence) === undefined) {
            throw new LimenError("LIMEN_DECISION_UNKNOWN", `there is no decision ${sequence}`, {
              hint: "limen decisions shows them with their numbers",
            });
          }
          insert.run(sequence, at, label);
        }
      });
    },
  };
}
