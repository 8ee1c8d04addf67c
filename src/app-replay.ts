import { systemClock } from "#adapters/clock/system-clock";
import { openRecords } from "#app-offline";
import { policyOf } from "#app-parts";
import type { Config } from "#config/config";
import type { Label } from "#core/arming";
import { instant } from "#core/instant";
import { type ReplayedDecision, replayLog } from "#flow/replay-log";
import type { AuditEntry } from "#ports/audit-log";

export type { ReplayedDecision } from "#flow/replay-log";

/** The decisions that were recorded, for whoever looks back at them. */
export interface Hindsight extends AsyncDisposable {
  /** Decides those of the last `agoMs` again as this config would, oldest first. */
  replay(query: { agoMs: number; door?: string }): AsyncIterable<ReplayedDecision>;
  /** Those of one door in the last `agoMs`, oldest first. */
  ofDoor(door: string, agoMs: number): AsyncIterable<AuditEntry>;
  /** Throws LIMEN_DECISION_UNKNOWN: then none is labelled. */
  label(sequences: readonly number[], label: Label): Promise<void>;
}

/** Opens the records in the config's data folder. Throws LIMEN_STORE_*. */
export async function openHindsight(config: Config): Promise<Hindsight> {
  const records = await openRecords(config);
  const { audit } = records;
  const since = (agoMs: number) => instant(systemClock.now() - agoMs);
  return {
    replay({ agoMs, ...query }) {
      const policies = config.doors.map((door) => policyOf(config, door));
      return replayLog(audit, policies, { at: since(agoMs), ...query });
    },
    ofDoor: (door, agoMs) => audit.since({ at: since(agoMs), door }),
    label: (sequences, label) => audit.label({ sequences, label, at: systemClock.now() }),
    [Symbol.asyncDispose]: () => records[Symbol.asyncDispose](),
  };
}
