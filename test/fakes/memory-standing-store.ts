import type { KeptLockOut } from "#core/lock-out";
import type { Stay } from "#core/passback";
import type { StandingMode } from "#core/standing-mode";
import { LimenError } from "#errors";
import type { StandingStore } from "#ports/standing-store";

export class MemoryStandingStore implements StandingStore {
  readonly lockOuts = new Map<string, KeptLockOut>();
  kept: Stay[] = [];
  /** While true every write fails, as on a full disk. */
  full = false;

  async lockOut(door: string): Promise<KeptLockOut | null> {
    return this.lockOuts.get(door) ?? null;
  }

  async keepLockOut(door: string, lockOut: KeptLockOut): Promise<void> {
    this.#failWhenFull();
    this.lockOuts.set(door, lockOut);
  }

  readonly modes = new Map<string, StandingMode>();
  /** While true what was kept cannot be read. */
  damaged = false;
  async mode(door: string): Promise<StandingMode | null> {
    if (this.damaged) throw new LimenError("LIMEN_STORE_CORRUPT", "the database is damaged");
    return this.modes.get(door) ?? null;
  }

  async keepMode(door: string, standing: StandingMode): Promise<void> {
    this.#failWhenFull();
    this.modes.set(door, standing);
  }

  async stays(): Promise<readonly Stay[]> {
    return this.kept;
  }

  async beginStay(stay: Stay): Promise<void> {
    await this.endStay(stay.personId, stay.area);
    this.kept.push(stay);
  }

  async endStay(personId: string, area: string): Promise<void> {
    this.#failWhenFull();
    this.kept = this.kept.filter((stay) => stay.personId !== personId || stay.area !== area);
  }

  #failWhenFull(): void {
    if (this.full) throw new LimenError("LIMEN_STORE_FULL", "the database is full");
  }
}
