import type { Supervisor } from "#ports/supervisor";

/** Keeps every word it was told. */
export class RecordingSupervisor implements Supervisor {
  readonly watchdogMs: number | null;
  readonly heard: string[] = [];

  constructor(watchdogMs: number | null) {
    this.watchdogMs = watchdogMs;
  }
  ready(): void {
    this.heard.push("ready");
  }
  alive(): void {
    this.heard.push("alive");
  }
  says(line: string): void {
    this.heard.push(line);
  }
  stopping(): void {
    this.heard.push("stopping");
  }
}
