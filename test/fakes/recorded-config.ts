import type { LimenError } from "#errors";
import type { ConfigDesk } from "#ports/config-desk";

/** Keeps what was changed; `refuses` is thrown instead. */
export class RecordedConfig implements ConfigDesk {
  readonly file = "/etc/limen/limen.yaml";
  readonly changes: unknown[] = [];
  faults: readonly string[] = [];
  refuses: LimenError | null = null;

  summary() {
    return ["site    Studio"];
  }
  async problems() {
    return this.faults;
  }
  async setDoorMode(...change: unknown[]) {
    this.#keep(change);
  }
  async setMinScore(...change: unknown[]) {
    this.#keep(change);
  }
  async addCamera(...change: unknown[]) {
    this.#keep(change);
  }

  #keep(change: readonly unknown[]): void {
    if (this.refuses !== null) throw this.refuses;
    this.changes.push(...change);
  }
}
