import { setImmediate as yieldToOthers } from "node:timers/promises";
import type { ReplayedVisit } from "#adapters/console/parts";
import type { Label } from "#core/arming";
import type { AuditEntry } from "#ports/audit-log";

/** Visits looked at, newest: older ones were of other light and other people. */
const MOST_VISITS = 2000;
/** Decided again between two pauses: doors wait for the same thread. */
const AT_A_TIME = 50;

const LOWEST = 0.4;
const BINS = 30;

/** How many visits had a best score in each thirtieth of 0.4 to 1; what lies below counts into the first. */
export interface Histogram {
  readonly from: number;
  readonly width: number;
  readonly residents: readonly number[];
  readonly strangers: readonly number[];
}

/** Whether a visit was of somebody who may pass: what a person said of it, else what was decided. */
function isResident({ record, label }: Pick<AuditEntry, "record" | "label">): boolean {
  const wasLetIn = record.result === "grant";
  const isMistaken: Label | null = label;
  return isMistaken === "wrong" ? !wasLetIn : wasLetIn;
}

export function histogramOf(entries: readonly AuditEntry[]): Histogram {
  const width = (1 - LOWEST) / BINS;
  const residents = Array.from({ length: BINS }, () => 0);
  const strangers = Array.from({ length: BINS }, () => 0);
  for (const entry of entries) {
    const { score } = entry.record;
    if (score === null) continue;
    const bin = Math.min(BINS - 1, Math.max(0, Math.floor((score - LOWEST) / width)));
    const side = isResident(entry) ? residents : strangers;
    side[bin] = (side[bin] ?? 0) + 1;
  }
  return { from: LOWEST, width, residents, strangers };
}

/** The newest visits of a door, oldest first. */
export async function newestVisits(entries: AsyncIterable<AuditEntry>): Promise<AuditEntry[]> {
  const kept: AuditEntry[] = [];
  for await (const entry of entries) {
    kept.push(entry);
    if (kept.length > MOST_VISITS) kept.shift();
  }
  return kept;
}

/** Those that would come out otherwise, newest first. `redecide` says what becomes of one; null = it cannot be told. */
export async function whatWouldChange(
  entries: readonly AuditEntry[],
  redecide: (entry: AuditEntry) => ReplayedVisit | null,
): Promise<{ readonly entry: AuditEntry; readonly now: ReplayedVisit }[]> {
  const changed: { entry: AuditEntry; now: ReplayedVisit }[] = [];
  for (const [i, entry] of entries.entries()) {
    if (i % AT_A_TIME === AT_A_TIME - 1) await yieldToOthers();
    const now = redecide(entry);
    if (now !== null && (now.result !== entry.record.result || now.personId !== entry.record.personId))
      changed.unshift({ entry, now });
  }
  return changed;
}
