import type { DecisionRecord } from "#core/decision-record";
import type { DoorEvent } from "#core/door-event";
import type { Announcer, Outcome } from "#ports/announcer";
import type { LogFields, Logger } from "#ports/logger";
import type { CounterName, GaugeName, HistogramName, Labels, Metrics } from "#ports/metrics";

/** A logger that keeps its lines for the test to read. */
export class RecordingLogger implements Logger {
  readonly lines: { level: string; fields: LogFields; message: string }[];
  readonly #bound: LogFields;

  constructor(lines: { level: string; fields: LogFields; message: string }[] = [], bound: LogFields = {}) {
    this.lines = lines;
    this.#bound = bound;
  }

  debug(fields: LogFields, message: string): void {
    this.#keep("debug", fields, message);
  }
  info(fields: LogFields, message: string): void {
    this.#keep("info", fields, message);
  }
  warn(fields: LogFields, message: string): void {
    this.#keep("warn", fields, message);
  }
  error(fields: LogFields, message: string): void {
    this.#keep("error", fields, message);
  }
  child(fields: LogFields): Logger {
    return new RecordingLogger(this.lines, { ...this.#bound, ...fields });
  }

  #keep(level: string, fields: LogFields, message: string): void {
    this.lines.push({ level, fields: { ...this.#bound, ...fields }, message });
  }
}

export class RecordingMetrics implements Metrics {
  readonly counts = new Map<CounterName, number>();
  readonly gauges = new Map<GaugeName, number>();

  count(name: CounterName, _labels: Labels = {}, by = 1): void {
    this.counts.set(name, (this.counts.get(name) ?? 0) + by);
  }

  gauge(name: GaugeName, value: number): void {
    this.gauges.set(name, value);
  }

  readonly observed: { name: HistogramName; value: number }[] = [];
  observe(name: HistogramName, value: number): void {
    this.observed.push({ name, value });
  }

  of(name: CounterName): number {
    return this.counts.get(name) ?? 0;
  }
}

export class RecordingAnnouncer implements Announcer {
  readonly told: { record: DecisionRecord; outcome: Outcome }[] = [];

  decision(record: DecisionRecord, outcome: Outcome): void {
    this.told.push({ record, outcome });
  }
  readonly events: DoorEvent[] = [];
  happened(event: DoorEvent): void {
    this.events.push(event);
  }
  door(): void {}
}
