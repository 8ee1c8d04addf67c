import type { Label } from "#core/arming";
import type { DecisionRecord } from "#core/decision-record";
import type { DoorEvent } from "#core/door-event";
import type { Instant } from "#core/instant";
import type { Actuation, Reason } from "#core/reason";

/** What became of a grant, kept beside its decision; the decision itself never changes. */
export interface Amendment {
  readonly decisionId: string;
  readonly at: Instant;
  readonly actuation: Actuation;
  readonly why: string;
  readonly commandId: string | null;
  readonly latencyMs: number | null;
}

/** What became of the command that a noted request from afar led to. */
export type NoteOutcome = Omit<Amendment, "decisionId" | "latencyMs"> & { readonly eventId: string };

export interface AuditEntry {
  readonly sequence: number;
  readonly record: DecisionRecord;
  /** Name at the time of listing; null when nobody was recognised or the person is gone. */
  readonly personName: string | null;
  /** The newest amendment, null when there is none. */
  readonly outcome: Amendment | null;
  /** What a person said of it last. */
  readonly label: Label | null;
}

/** Which decisions are wanted; what is left out does not matter. */
export interface DecisionQuery {
  readonly limit: number;
  readonly door?: string;
  readonly result?: "grant" | "deny";
  readonly reason?: Reason;
  readonly personId?: string;
  /** Before this one, by sequence number: the next page. */
  readonly before?: number;
  readonly from?: Instant;
  readonly until?: Instant;
}

export interface AuditLog {
  /** Returns the sequence number once the record is on disk. Throws LIMEN_STORE_*: then nothing may open. */
  append(record: DecisionRecord): Promise<number>;
  amend(amendment: Amendment): Promise<void>;
  /** Keeps what happened at a door and is no decision. Throws LIMEN_STORE_*. */
  note(event: DoorEvent): Promise<void>;
  /** Keeps what became of the command for a request from afar that was noted. Throws LIMEN_STORE_*. */
  amendNote(outcome: NoteOutcome): Promise<void>;
  /** Newest first. */
  list(query: DecisionQuery): Promise<AuditEntry[]>;
  /** One decision by its number. */
  entry(sequence: number): Promise<AuditEntry | null>;
  /** Oldest first, all of them since then; read in pieces, nobody waits for it. */
  since(query: { at: Instant; door?: string }): AsyncIterable<AuditEntry>;
  /** Keeps what a person says of these decisions, by sequence number, all or none. Throws LIMEN_DECISION_UNKNOWN, LIMEN_STORE_*. */
  label(order: { sequences: readonly number[]; label: Label; at: Instant }): Promise<void>;
  /** What was noted, newest first. */
  events(query: { limit: number; door?: string }): Promise<DoorEvent[]>;
}
