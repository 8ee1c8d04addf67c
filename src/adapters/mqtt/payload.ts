import type { DecisionRecord } from "#core/decision-record";
import type { DoorEvent } from "#core/door-event";
import type { LeafWord } from "#core/door-state";
import { isoOf } from "#core/instant";
import type { LockWord } from "#core/lock-word";
import type { DoorCondition, Outcome } from "#ports/announcer";

/** Bodies of the messages Limen publishes, as docs/mqtt.md describes them. No name, picture or embedding is ever in one. */

/** Scores leave with two digits: enough to understand a decision, too coarse to climb towards a face. */
const coarse = (value: number | null): number | null => (value === null ? null : Math.round(value * 100) / 100);

function commonOf(record: DecisionRecord) {
  return {
    v: 1,
    id: record.id,
    event_type: record.result === "grant" ? "granted" : "denied",
    ts: isoOf(record.at),
    door: record.door,
    reader: record.camera,
    result: record.result,
    reason: record.reason,
    subject: record.personId === null ? null : { id: record.personId },
  } as const;
}

export type DoorEventMessage = ReturnType<typeof commonOf>;

/** `<p>/door/<door>/event`: what happened at a door, once a decision and without numbers. */
export function doorEventMessage(record: DecisionRecord): DoorEventMessage {
  return commonOf(record);
}

/** `<p>/door/<door>/event`: what happened at a door and is no decision. */
export function happeningMessage(event: DoorEvent) {
  const common = { v: 1, id: event.id, event_type: event.kind, ts: isoOf(event.at), door: event.door } as const;
  switch (event.kind) {
    case "locked_out":
      return { ...common, seconds: Math.ceil(event.lengthMs / 1000) };
    case "held_open":
      return { ...common, seconds: Math.ceil(event.forMs / 1000) };
    case "anti_passback":
      return { ...common, subject: { id: event.personId } };
    case "shut_again":
      return { ...common, after: event.after };
    case "remote_unlock":
      return { ...common, by: event.by, outcome: event.outcome, why: event.why, actuated: event.actuation ?? "none" };
    case "mode_changed":
      return { ...common, by: event.by, mode: event.mode };
    case "request_to_exit":
    case "forced":
      return common;
  }
}

/** `<p>/decision`: the decision with its numbers, and again under the same id when what became of it changes. */
export function decisionMessage(record: DecisionRecord, outcome: Outcome) {
  return {
    ...commonOf(record),
    factors: record.situation.visit.asked?.answer === "confirmed" ? ["face", "confirmation"] : ["face"],
    score: coarse(record.score),
    margin: coarse(record.margin),
    threshold: Math.round(record.threshold * 1000) / 1000,
    liveness: { level: record.liveness.level, cues: record.liveness.cues },
    accompanied: record.accompanied,
    mode: record.mode,
    actuated: outcome.actuation,
    command_id: outcome.commandId,
    latency_ms: outcome.latencyMs === null ? null : Math.round(outcome.latencyMs),
  } as const;
}

/** The lock's word as Home Assistant knows it; `None` = not known. */
export function lockPayload(lock: LockWord): string {
  return lock === "unknown" ? "None" : lock.toUpperCase();
}

/** `ON` = open, as Home Assistant's door contacts have it; `None` = not known, or there is none. */
export function contactPayload(contact: LeafWord): "ON" | "OFF" | "None" {
  if (contact === null) return "None";
  return contact === "open" ? "ON" : "OFF";
}

/** `<p>/door/<door>/state`: the door in one retained JSON. */
export function doorStateMessage(state: DoorCondition, last: { readonly id: string; readonly at: string } | null) {
  const { availability, mode, lock, contact, contactSince, alarm, concerns } = state;
  return {
    ...{ v: 1, availability, mode, lock, contact },
    contact_since: contactSince === null ? null : isoOf(contactSince),
    ...{ alarm, concerns },
    ...{ last_decision_id: last?.id ?? null, last_change: last?.at ?? null },
  } as const;
}

export interface SiteInfo {
  readonly version: string;
  readonly instance: string;
  readonly startedAt: string;
  readonly doors: readonly string[];
  readonly readers: readonly string[];
  /** Doors whose controller is not set up as it should be. */
  readonly degraded: readonly string[];
}

/** `<p>/info`: who publishes here. */
export function infoMessage({ version, instance, startedAt, doors, readers, degraded }: SiteInfo) {
  return { v: 1, schema: "limen.mqtt/1", version, instance, started_at: startedAt, doors, readers, degraded } as const;
}
