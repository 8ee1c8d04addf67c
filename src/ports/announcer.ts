import type { DecisionRecord } from "#core/decision-record";
import type { DoorEvent } from "#core/door-event";
import type { DoorMode } from "#core/policy";
import type { Actuation } from "#core/reason";

export interface Announcer {
  /** Tells the world of a decision, or of its new actuation state (same id again). Never blocks, never throws; drops are counted. */
  decision(record: DecisionRecord, outcome: Outcome): void;
  /** Tells the world of something that happened at a door and is no decision. Never blocks, never throws; drops are counted. */
  happened(event: DoorEvent): void;
  /** Retained state of a door. */
  door(door: string, state: { availability: "online" | "offline"; mode: DoorMode }): void;
}

export interface Outcome {
  readonly actuation: Actuation;
  readonly commandId: string | null;
  /** Ms from the first frame in which the face was large enough to the controller's ack; null until then. */
  readonly latencyMs: number | null;
}
