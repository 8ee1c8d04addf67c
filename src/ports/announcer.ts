import type { DecisionRecord } from "#core/decision-record";
import type { DoorConcern } from "#core/door-concern";
import type { DoorEvent } from "#core/door-event";
import type { DoorAlarm, LeafWord } from "#core/door-state";
import type { Instant } from "#core/instant";
import type { LockWord } from "#core/lock-word";
import type { DoorMode } from "#core/policy";
import type { Actuation } from "#core/reason";

export interface Announcer {
  /** Tells the world of a decision, or of its new actuation state (same id again). Never blocks, never throws; drops are counted. */
  decision(record: DecisionRecord, outcome: Outcome): void;
  /** Tells the world of something that happened at a door and is no decision. Never blocks, never throws; drops are counted. */
  happened(event: DoorEvent): void;
  /** Retained state of a door. */
  door(door: string, state: DoorCondition): void;
}

/** How a door is. */
export interface DoorCondition {
  /** Whether its controller can be reached. */
  readonly availability: "online" | "offline";
  readonly mode: DoorMode;
  readonly lock: LockWord;
  readonly contact: LeafWord;
  /** Since when the contact says so; null = it has never said anything. */
  readonly contactSince: Instant | null;
  readonly alarm: DoorAlarm | null;
  readonly concerns: readonly DoorConcern[];
}

export interface Outcome {
  readonly actuation: Actuation;
  readonly commandId: string | null;
  /** Ms from the first frame in which the face was large enough to the controller's ack; null until then. */
  readonly latencyMs: number | null;
}
