import type { Label } from "#core/arming";
import type { DecisionRecord } from "#core/decision-record";
import type { DoorEvent } from "#core/door-event";
import type { Instant } from "#core/instant";
import { LimenError } from "#errors";
import type { Amendment, AuditEntry, AuditLog, DecisionQuery, NoteOutcome } from "#ports/audit-log";

export class MemoryAuditLog implements AuditLog {
  readonly records: DecisionRecord[] = [];
  readonly amendments: Amendment[] = [];
  readonly notes: DoorEvent[] = [];
  /** While true every write fails, as on a full disk. */
  full = false;
  /** Called before each append commits; a test can hold it up. */
  beforeAppend: () => Promise<void> = async () => {};

  async append(record: DecisionRecord): Promise<number> {
    await this.beforeAppend();
    this.#failWhenFull();
    this.records.push(record);
    return this.records.length;
  }

  async amend(amendment: Amendment): Promise<void> {
    this.#failWhenFull();
    this.amendments.push(amendment);
  }

  readonly labels = new Map<number, Label>();
  async note(event: DoorEvent): Promise<void> {
    this.#failWhenFull();
    this.notes.push(event);
  }

  readonly noteOutcomes: NoteOutcome[] = [];
  async amendNote(outcome: NoteOutcome): Promise<void> {
    this.#failWhenFull();
    this.noteOutcomes.push(outcome);
  }

  async events({ limit, door }: { limit: number; door?: string }): Promise<DoorEvent[]> {
    return this.notes
      .filter((event) => door === undefined || event.door === door)
      .reverse()
      .slice(0, limit);
  }

  async list(query: DecisionQuery): Promise<AuditEntry[]> {
    const { limit, before = Number.POSITIVE_INFINITY, from = Number.NEGATIVE_INFINITY } = query;
    const { until = Number.POSITIVE_INFINITY, result, reason, personId } = query;
    return this.#entries(query.door)
      .filter(({ sequence, record }) => sequence < before && record.at >= from && record.at < until)
      .filter(({ record }) => result === undefined || record.result === result)
      .filter(({ record }) => reason === undefined || record.reason === reason)
      .filter(({ record }) => personId === undefined || record.personId === personId)
      .reverse()
      .slice(0, limit);
  }

  async entry(sequence: number): Promise<AuditEntry | null> {
    return this.#entries().find((entry) => entry.sequence === sequence) ?? null;
  }

  async *since({ at, door }: { at: Instant; door?: string }): AsyncIterable<AuditEntry> {
    for (const entry of this.#entries(door)) if (entry.record.at >= at) yield entry;
  }

  async label({ sequences, label }: { sequences: readonly number[]; label: Label }): Promise<void> {
    if (sequences.some((sequence) => this.records[sequence - 1] === undefined)) {
      throw new LimenError("LIMEN_DECISION_UNKNOWN", "there is no such decision");
    }
    for (const sequence of sequences) this.labels.set(sequence, label);
  }

  #entries(door?: string): AuditEntry[] {
    return this.records
      .map((record, index) => ({
        sequence: index + 1,
        record,
        personName: null,
        outcome: this.amendments.findLast(({ decisionId }) => decisionId === record.id) ?? null,
        label: this.labels.get(index + 1) ?? null,
      }))
      .filter(({ record }) => door === undefined || record.door === door);
  }

  #failWhenFull(): void {
    if (this.full) throw new LimenError("LIMEN_STORE_FULL", "the database is full");
  }
}
