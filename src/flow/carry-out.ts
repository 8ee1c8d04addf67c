import type { DecisionRecord } from "#core/decision-record";
import { type Grant, issueGrant, lifeLeftMs } from "#core/grant";
import type { Now } from "#core/instant";
import { opensIn } from "#core/policy";
import type { Actuation } from "#core/reason";
import type { Visit } from "#core/visit";
import { codeOf, messageOf } from "#errors";
import type { DoorLeaf } from "#flow/door-leaf";
import type { Announcer, Outcome } from "#ports/announcer";
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
  /** Called once after that, as soon as it is known whether the person has passed. */
  readonly concluded?: (hasPassed: boolean, now: Now) => void;
}

export interface Actuator {
  /**
   * Commits the record, then publishes it, then (for a grant at a door whose mode opens) sends the command. Resolves once the
   * record is committed and the rest is under way; never throws. False when the record could not be kept: nothing opens.
   */
  carryOut(outgoing: Outgoing, signal: AbortSignal): Promise<boolean>;
  /** Resolves when every command under way has come to its end (bounded by its grant's life, and 5 s for the door to be opened). */
  settled(): Promise<void>;
}

/**
 * The last steps of a frame's life, in the only order that is safe: audit log first, announcement and lock after. A grant that
 * could not be recorded, or whose evidence grew old meanwhile, opens nothing.
 */
export function createActuator(parts: {
  door: string;
  controller: DoorController;
  /** What is seen of the door; without it a command ends with its controller's answer. */
  leaf?: DoorLeaf;
  audit: AuditLog;
  announcer: Announcer;
  /** Whoever watches live. */
  board?: LiveBoard;
  clock: Clock;
  logger: Logger;
  metrics: Metrics;
}): Actuator {
  const { audit, announcer, clock, metrics, controller, leaf } = parts;
  const underWay = new Set<Promise<void>>();

  const amend = async (record: DecisionRecord, outcome: Outcome, why: string): Promise<void> => {
    const { actuation } = outcome;
    metrics.count("limen_actuations_total", { door: parts.door, state: actuation });
    announcer.decision(record, outcome);
    const line = { decision: record.id, door: record.door, actuation, why, latencyMs: outcome.latencyMs };
    if (actuation === "acked") parts.logger.info(line, "door opened");
    else if (actuation === "confirmed") parts.logger.info(line, "seen open");
    else parts.logger.warn(line, actuation === "cancelled" ? "nobody has opened the door" : "door not opened");
    try {
      await audit.amend({ decisionId: record.id, at: clock.now(), why, ...outcome });
    } catch (error) {
      metrics.count("limen_audit_failures_total");
      parts.logger.error(
        { decision: record.id, code: codeOf(error) },
        `the outcome could not be recorded: ${messageOf(error)}`,
      );
    }
  };

  const nowBoth = (): Now => ({ nowMs: clock.monotonicMs(), now: clock.now() });
  const end = ({ ended, concluded }: Outgoing, ack: DoorAck | null): void => {
    ended?.(ack, nowBoth());
    // Where a contact says whether the door was opened, it is asked first.
    if (ack?.actuation !== "acked") concluded?.(false, nowBoth());
    else if (leaf?.isWatched() !== true) concluded?.(true, nowBoth());
  };

  /** What is seen after the controller has acted. A release that nobody used is ended, unless somebody else's came meanwhile. */
  const follow = async (outgoing: Outgoing, ack: DoorAck, outcome: Outcome, signal: AbortSignal): Promise<void> => {
    if (leaf === undefined) return;
    const isWatched = leaf.isWatched();
    const releasedAtMs = clock.monotonicMs();
    const sight = await leaf.sight(ack, signal);
    // Silence moves whom the controller's word would have moved.
    if (isWatched) outgoing.concluded?.(sight?.actuation !== "cancelled", nowBoth());
    if (sight === null) return;
    if (sight.actuation === "cancelled" && !leaf.isReleasedSince(releasedAtMs)) await controller.relock?.(signal);
    await amend(outgoing.record, { ...outcome, actuation: sight.actuation }, sight.why);
  };

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
    const outcome: Outcome = { actuation: ack.actuation, commandId: ack.commandId, latencyMs };
    const following = ack.actuation === "acked" ? follow(outgoing, ack, outcome, signal) : null;
    await amend(outgoing.record, outcome, ack.why);
    await following;
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
