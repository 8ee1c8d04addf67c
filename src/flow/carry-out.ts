import type { DecisionRecord } from "#core/decision-record";
import { type Grant, issueGrant, lifeLeftMs } from "#core/grant";
import type { Now } from "#core/instant";
import { opensIn } from "#core/policy";
import type { Actuation } from "#core/reason";
import type { Visit } from "#core/visit";
import { codeOf, messageOf } from "#errors";
import type { Announcer } from "#ports/announcer";
import type { AuditLog } from "#ports/audit-log";
import type { Clock } from "#ports/clock";
import type { DoorAck, DoorController } from "#ports/door-controller";
import type { LiveBoard } from "#ports/live-board";
import type { Logger } from "#ports/logger";
import type { Metrics } from "#ports/metrics";

/** A decision on its way out, with what the record alone does not say. */
export interface Outgoing {
  readonly record: DecisionRecord;
  /** Monotonic ms of the newest frame the decision rests on. */
  readonly evidenceAtMs: number;
  /** When the face came into view, and which track it is. */
  readonly visit: Pick<Visit, "inViewAtMs" | "trackId">;
  /** Called once, as soon as it is known what became of the command; null = none was sent. */
  readonly ended?: (ack: DoorAck | null, now: Now) => void;
}

export interface Actuator {
  /**
   * Commits the record, then publishes it, then (for a grant at a door whose mode opens) sends the command. Resolves once the
   * record is committed and the rest is under way; never throws. False when the record could not be kept: nothing opens.
   */
  carryOut(outgoing: Outgoing, signal: AbortSignal): Promise<boolean>;
  /** Resolves when every command under way has come to its end (each is bounded by its grant's life). */
  settled(): Promise<void>;
}

/**
 * The last steps of a frame's life, in the only order that is safe: audit log first, announcement and lock after. A grant that
 * could not be recorded, or whose evidence grew old meanwhile, opens nothing.
 */
export function createActuator(parts: {
  door: string;
  controller: DoorController;
  audit: AuditLog;
  announcer: Announcer;
  /** Whoever watches live. */
  board?: LiveBoard;
  clock: Clock;
  logger: Logger;
  metrics: Metrics;
}): Actuator {
  const { audit, announcer, clock, metrics, controller } = parts;
  const underWay = new Set<Promise<void>>();

  const amend = async (record: DecisionRecord, ack: DoorAck, latencyMs: number | null): Promise<void> => {
    metrics.count("limen_actuations_total", { door: parts.door, state: ack.actuation });
    announcer.decision(record, { actuation: ack.actuation, commandId: ack.commandId, latencyMs });
    const line = { decision: record.id, door: record.door, actuation: ack.actuation, why: ack.why, latencyMs };
    if (ack.actuation === "acked" || ack.actuation === "confirmed") parts.logger.info(line, "door opened");
    else parts.logger.warn(line, "door not opened");
    try {
      await audit.amend({
        decisionId: record.id,
        at: clock.now(),
        actuation: ack.actuation,
        why: ack.why,
        commandId: ack.commandId,
        latencyMs,
      });
    } catch (error) {
      metrics.count("limen_audit_failures_total");
      parts.logger.error(
        { decision: record.id, code: codeOf(error) },
        `the outcome could not be recorded: ${messageOf(error)}`,
      );
    }
  };

  const end = ({ ended }: Outgoing, ack: DoorAck | null): void =>
    ended?.(ack, { nowMs: clock.monotonicMs(), now: clock.now() });

  const open = async (grant: Grant, outgoing: Outgoing, signal: AbortSignal): Promise<void> => {
    const dropped = (actuation: Extract<Actuation, "expired" | "failed">, why: string): DoorAck => ({
      commandId: null,
      actuation,
      why,
      sentAtMs: null,
      ackedAtMs: null,
    });
    let ack: DoorAck;
    if (lifeLeftMs(grant, clock.monotonicMs()) <= 0) ack = dropped("expired", "too_old_to_send");
    else {
      try {
        ack = await controller.open(grant, signal);
      } catch (error) {
        ack = dropped("failed", codeOf(error));
      }
    }
    end(outgoing, ack);
    const latencyMs = ack.ackedAtMs === null ? null : Math.round(ack.ackedAtMs - outgoing.visit.inViewAtMs);
    if (latencyMs !== null) metrics.observe("limen_door_opening_seconds", latencyMs / 1000, { door: parts.door });
    await amend(outgoing.record, ack, latencyMs);
  };

  return {
    async carryOut(outgoing, signal) {
      const { record } = outgoing;
      try {
        await audit.append(record);
      } catch (error) {
        metrics.count("limen_audit_failures_total");
        parts.logger.error(
          { door: record.door, code: codeOf(error), reason: "audit_unavailable" },
          `nothing opens: the decision could not be recorded (${messageOf(error)})`,
        );
        end(outgoing, null);
        return false;
      }
      metrics.count("limen_decisions_total", { door: record.door, result: record.result, reason: record.reason });
      const { result, reason, score, margin, threshold } = record;
      parts.logger.info(
        { decision: record.id, door: record.door, result, reason, score, margin, threshold },
        "decided",
      );
      announcer.decision(record, { actuation: "none", commandId: null, latencyMs: null });
      const { door, personId } = record;
      parts.board?.decided(record.camera, { door, track: outgoing.visit.trackId, result, reason, personId, score });
      if (result !== "grant" || !opensIn(record.mode) || record.personId === null) {
        end(outgoing, null);
        return true;
      }

      const grant = issueGrant({
        decisionId: record.id,
        door: record.door,
        personId: record.personId,
        evidenceAtMs: outgoing.evidenceAtMs,
        nowMs: clock.monotonicMs(),
        now: clock.now(),
      });
      const opening = open(grant, outgoing, signal).finally(() => underWay.delete(opening));
      underWay.add(opening);
      return true;
    },

    async settled() {
      await Promise.all(underWay);
    },
  };
}
