import { codeOf, type ErrorCode } from "#errors";
import type { Ticker } from "#flow/heartbeat";
import type { AuditLog } from "#ports/audit-log";
import type { Clock } from "#ports/clock";

/** How often the audit log is asked for its newest decision, ms: one row by its key, and no write (an SD card is no scratch pad). */
const ASK_MS = 5000;

export interface AuditWatch {
  /** Why the audit log did not answer as it should, the last time; null = it did. */
  fault(): ErrorCode | null;
  run(signal: AbortSignal): Promise<void>;
}

/** Asks whether the audit log still answers. One that answers with an error is alive (and opens nothing); one that hangs is stuck. */
export function createAuditWatch({
  audit,
  life,
  clock,
}: {
  readonly audit: Pick<AuditLog, "list">;
  readonly life: Ticker;
  readonly clock: Clock;
}): AuditWatch {
  let fault: ErrorCode | null = null;
  const ask = async (): Promise<ErrorCode | null> => {
    try {
      await audit.list({ limit: 1 });
      return null;
    } catch (error) {
      return codeOf(error);
    }
  };
  return {
    fault: () => fault,
    async run(signal) {
      while (!signal.aborted) {
        fault = await ask();
        life.beat();
        await clock.sleep(ASK_MS, signal).catch(() => {});
      }
    },
  };
}
