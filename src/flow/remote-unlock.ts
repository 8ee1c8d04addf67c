import type { RemoteUnlockEvent } from "#core/door-event";
import { GRANT_LIFE_MS, type Grant, issueGrant, lifeLeftMs } from "#core/grant";
import type { Now } from "#core/instant";
import type { DoorPolicy } from "#core/policy";
import {
  judgeRequest,
  modeRefusal,
  type RemoteRefusal,
  type RemoteRequest,
  type RemoteRules,
  remoteMemory,
} from "#core/remote-unlock";
import { type BucketRule, fullBucket, takeToken } from "#core/throttle";
import { codeOf, messageOf } from "#errors";
import type { DoorStanding } from "#flow/door-standing";
import type { Announcer } from "#ports/announcer";
import type { AuditLog } from "#ports/audit-log";
import type { Clock } from "#ports/clock";
import type { DoorAck, DoorController } from "#ports/door-controller";
import type { Logger } from "#ports/logger";
import type { Metrics } from "#ports/metrics";
import type { LockAnswer, RemoteAnswer, RemoteUnlock } from "#ports/remote-doors";

/** Refusals that are noted; who floods a topic fills no disk. */
const NOTED_REFUSALS: BucketRule = { capacity: 20, refillEveryMs: 10_000 };

export interface RemoteDoor {
  readonly rules: RemoteRules;
  readonly policy: () => DoorPolicy;
  readonly standing: Pick<DoorStanding, "takeRemote">;
  readonly controller: Pick<DoorController, "open" | "relock">;
}

export interface RemoteUnlockParts {
  readonly doors: ReadonlyMap<string, RemoteDoor>;
  readonly isClockTrusted: () => boolean;
  readonly audit: Pick<AuditLog, "note" | "amendNote">;
  readonly announcer: Pick<Announcer, "happened">;
  readonly newId: () => string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** A grant for somebody who asked from afar: good for as long as one for a face, and never longer than the request. */
function grantFor({ door, expiresAt }: RemoteRequest, decisionId: string, { nowMs, now }: Now): Grant {
  const lifeMs = Math.min(GRANT_LIFE_MS, expiresAt === null ? GRANT_LIFE_MS : expiresAt - now);
  return issueGrant({ decisionId, door, personId: null, evidenceAtMs: nowMs - GRANT_LIFE_MS + lifeMs, nowMs, now });
}

const dropped = (actuation: "failed" | "expired", why: string): DoorAck => {
  return { commandId: null, actuation, why, sentAtMs: null, ackedAtMs: null };
};

async function lockEarly(door: RemoteDoor | undefined, signal: AbortSignal): Promise<LockAnswer> {
  if (door === undefined) return "no_such_door";
  const { controller } = door;
  if (controller.relock === undefined) return "cannot";
  const left = await controller.relock(signal).catch(() => false);
  return left ? "sent" : "not_sent";
}

/**
 * Opens doors for whoever may ask from afar, in the order that holds for faces: judged, recorded, and only then sent. What cannot be
 * recorded opens nothing.
 */
export function createRemoteUnlock(parts: RemoteUnlockParts): RemoteUnlock {
  const { audit, announcer, clock, logger, metrics } = parts;
  let memory = remoteMemory(clock.now());
  let refusals = fullBucket(NOTED_REFUSALS, clock.monotonicMs());

  const note = async (event: RemoteUnlockEvent): Promise<boolean> => {
    try {
      await audit.note(event);
      return true;
    } catch (error) {
      metrics.count("limen_audit_failures_total");
      const line = { door: event.door, code: codeOf(error), reason: "audit_unavailable" };
      logger.error(line, `nothing opens: a request from afar could not be recorded (${messageOf(error)})`);
      return false;
    }
  };

  const refuse = async (request: RemoteRequest, why: RemoteRefusal): Promise<RemoteAnswer> => {
    const { door, by } = request;
    metrics.count("limen_remote_requests_total", { asked: "unlock", outcome: why });
    const nowMs = clock.monotonicMs();
    const left = takeToken(refusals, NOTED_REFUSALS, nowMs);
    if (left === null || !parts.doors.has(door)) return { result: "refused", id: null, why };
    refusals = left;
    logger.warn({ door, by, why }, "refused to open from afar");
    const event = {
      id: parts.newId(),
      at: clock.now(),
      door,
      kind: "remote_unlock",
      by,
      outcome: "refused",
      why,
    } as const;
    const isKept = await note(event);
    announcer.happened(event);
    return { result: "refused", id: isKept ? event.id : null, why };
  };

  const amend = async (event: RemoteUnlockEvent, { actuation, why, commandId }: DoorAck): Promise<void> => {
    const { id, door, by } = event;
    metrics.count("limen_actuations_total", { door, state: actuation });
    announcer.happened({ ...event, actuation });
    logger.info({ event: id, door, by, actuation, why }, "what became of an opening from afar");
    try {
      await audit.amendNote({ eventId: id, at: clock.now(), actuation, why, commandId });
    } catch (error) {
      metrics.count("limen_audit_failures_total");
      logger.error({ event: id, code: codeOf(error) }, `the outcome could not be recorded: ${messageOf(error)}`);
    }
  };

  const send = async ({ controller }: RemoteDoor, grant: Grant, signal: AbortSignal): Promise<DoorAck> => {
    if (lifeLeftMs(grant, clock.monotonicMs()) <= 0) return dropped("expired", "too_old_to_send");
    try {
      return await controller.open(grant, signal);
    } catch (error) {
      return dropped("failed", codeOf(error));
    }
  };

  return {
    async unlock(request, signal) {
      const door = parts.doors.get(request.door);
      if (door === undefined) return refuse(request, "no_such_door");
      const at: Now = { nowMs: clock.monotonicMs(), now: clock.now() };
      const judged = judgeRequest(memory, door.rules, request, { ...at, clockTrusted: parts.isClockTrusted() });
      memory = judged.memory;
      const policy = door.policy();
      const refusal = judged.refusal ?? modeRefusal(policy.mode);
      if (refusal !== null) return refuse(request, refusal);
      const opening = door.standing.takeRemote(policy, at);
      if (typeof opening === "string") return refuse(request, opening);

      const { by } = request;
      const named = { id: parts.newId(), at: at.now, door: request.door } as const;
      const event = { ...named, kind: "remote_unlock", by, outcome: "granted", why: "ok" } as const;
      const ended = (ack: DoorAck | null): void =>
        void opening.ended(ack, { nowMs: clock.monotonicMs(), now: clock.now() });
      if (!(await note(event))) {
        ended(null);
        metrics.count("limen_remote_requests_total", { asked: "unlock", outcome: "audit_unavailable" });
        return { result: "refused", id: null, why: "audit_unavailable" };
      }
      metrics.count("limen_remote_requests_total", { asked: "unlock", outcome: "granted" });
      announcer.happened(event);
      const ack = await send(door, grantFor(request, event.id, at), signal);
      ended(ack);
      await amend(event, ack);
      return { result: "granted", id: event.id, actuation: ack.actuation, why: ack.why };
    },
    async lock(door, by, stop) {
      const answer = await lockEarly(parts.doors.get(door), stop);
      metrics.count("limen_remote_requests_total", { asked: "lock", outcome: answer });
      if (answer !== "no_such_door") logger.info({ door, by, answer }, "asked from afar to lock early");
      return answer;
    },
  };
}
