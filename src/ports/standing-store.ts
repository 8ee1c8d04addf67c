import type { KeptLockOut } from "#core/lock-out";
import type { Stay } from "#core/passback";
import type { StandingMode } from "#core/standing-mode";

/** Keeps what doors remember over restarts. Every method throws LIMEN_STORE_*; what it returned for survives a power cut. */
export interface StandingStore {
  /** By door; null = it never kept any. */
  lockOut(door: string): Promise<KeptLockOut | null>;
  keepLockOut(door: string, lockOut: KeptLockOut): Promise<void>;
  /** How this door was put from afar; null = never. Also throws when what was kept cannot be read. */
  mode(door: string): Promise<StandingMode | null>;
  keepMode(door: string, standing: StandingMode): Promise<void>;
  /** Everybody who is inside somewhere. */
  stays(): Promise<readonly Stay[]>;
  /** A stay in the same area before is replaced. */
  beginStay(stay: Stay): Promise<void>;
  endStay(personId: string, area: string): Promise<void>;
}
