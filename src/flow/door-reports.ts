import { type DoorHappening, happeningWords } from "#core/door-event";
import { codeOf, messageOf } from "#errors";
import type { Announcer } from "#ports/announcer";
import type { AuditLog } from "#ports/audit-log";
import type { Clock } from "#ports/clock";
import type { Logger } from "#ports/logger";
import type { Metrics } from "#ports/metrics";

/** Says what happened at a door: in the log, in the audit log, to whoever listens. Never throws. */
export type DoorReporter = (happening: DoorHappening) => Promise<void>;

export interface ReportParts {
  readonly door: string;
  readonly audit: Pick<AuditLog, "note">;
  readonly announcer: Pick<Announcer, "happened">;
  readonly newId: () => string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** A report that cannot be kept is made all the same: nothing opens by it. */
export function createDoorReporter({
  door,
  audit,
  announcer,
  newId,
  clock,
  logger,
  metrics,
}: ReportParts): DoorReporter {
  return async (happening) => {
    const event = { id: newId(), at: clock.now(), door, ...happening };
    const { kind } = event;
    metrics.count("limen_door_events_total", { door, kind });
    const fields = { door, event: kind, ...(event.kind === "locked_out" ? { lengthMs: event.lengthMs } : {}) };
    if (kind === "request_to_exit" || kind === "shut_again") logger.info(fields, happeningWords(kind));
    else logger.warn(fields, happeningWords(kind));
    try {
      await audit.note(event);
    } catch (error) {
      metrics.count("limen_audit_failures_total");
      logger.error({ door, code: codeOf(error) }, `what happened at the door was not recorded: ${messageOf(error)}`);
    }
    announcer.happened(event);
  };
}
