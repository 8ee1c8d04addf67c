import type { Instant } from "#core/instant";
import type { DoorPolicy } from "#core/policy";
import { type Redecision, redecide } from "#core/replay";
import type { AuditEntry, AuditLog } from "#ports/audit-log";

/** What another policy makes of a recorded decision. Closed set. */
export type ReplayChange =
  | "same"
  /** Was refused, would be let in. */
  | "grant_appears"
  /** Was let in, would be refused. */
  | "grant_vanishes"
  /** Let in as somebody else. */
  | "other_person"
  | "other_reason"
  /** Kept by a version that did not yet keep what it decided on. */
  | "not_kept"
  /** The policy knows no such door. */
  | "no_such_door";

export interface ReplayedDecision {
  readonly entry: AuditEntry;
  readonly change: ReplayChange;
  /** Null when there is nothing to compare. */
  readonly now: Redecision | null;
}

function changeOf({ record }: AuditEntry, { verdict }: Redecision): ReplayChange {
  if (record.result !== verdict.result) return verdict.result === "grant" ? "grant_appears" : "grant_vanishes";
  if (verdict.result === "grant") return record.personId === verdict.personId ? "same" : "other_person";
  return record.reason === verdict.reason ? "same" : "other_reason";
}

/** Every recorded decision since then, oldest first, decided again under these policies, one a door. */
export async function* replayLog(
  audit: Pick<AuditLog, "since">,
  policies: readonly DoorPolicy[],
  query: { at: Instant; door?: string },
): AsyncGenerator<ReplayedDecision, void> {
  for await (const entry of audit.since(query)) {
    const policy = policies.find(({ door }) => door === entry.record.door);
    // Records of older versions are there all the same, whatever the type says.
    const { situation } = entry.record as Partial<typeof entry.record>;
    if (policy === undefined) yield { entry, change: "no_such_door", now: null };
    else if (situation === undefined) yield { entry, change: "not_kept", now: null };
    else {
      const now = redecide(policy, situation);
      yield { entry, change: changeOf(entry, now), now };
    }
  }
}
