import { type AccessEntry, NOTHING_WRITTEN } from "#core/written-access";
import type { LimenError } from "#errors";
import type { ConfigDesk } from "#ports/config-desk";

/** Keeps what was changed; `refuses` is thrown instead. */
export class RecordedConfig implements ConfigDesk {
  readonly file = "/etc/limen/limen.yaml";
  readonly changes: unknown[] = [];
  faults: readonly string[] = [];
  refuses: LimenError | null = null;
  /** What the file says of whoever is asked for. */
  entry: AccessEntry = {
    ...{ keys: [], access: NOTHING_WRITTEN, asksOffline: false },
    ...{ schedules: ["always", "never", "office"], doors: ["front", "workshop"] },
  };

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

  async personAccess(): Promise<AccessEntry> {
    if (this.refuses !== null) throw this.refuses;
    return this.entry;
  }
  async setPersonAccess(...[{ id }, access]: Parameters<ConfigDesk["setPersonAccess"]>) {
    this.#keep([id, access]);
  }

  #keep(change: readonly unknown[]): void {
    if (this.refuses !== null) throw this.refuses;
    this.changes.push(...change);
  }
}
