import type { Grant } from "#core/grant";
import type { Actuation } from "#core/reason";

export interface DoorAck {
  /** Id of the command that was put on the wire; null when nothing was sent. */
  readonly commandId: string | null;
  /** `acked` = the controller says it moved the lock. */
  readonly actuation: Exclude<Actuation, "none">;
  /** The controller's or our own word for why, e.g. `expired`, `bad_nonce`, `broker_offline`. */
  readonly why: string;
  /** Monotonic ms at which the command left and the ack came; null when they did not. */
  readonly sentAtMs: number | null;
  readonly ackedAtMs: number | null;
}

/** Something the door reports by itself. */
export interface DoorFeedback {
  /** `request_to_exit`: somebody inside has pressed the button that the controller lets them out by. */
  readonly kind: "online" | "offline" | "relocked" | "request_to_exit";
  readonly atMs: number;
  /** What it relocked after, a command or a press of the button, or that press; null when it is about the controller. */
  readonly id: string | null;
}

export interface DoorHealth {
  readonly broker: "online" | "offline";
  readonly controller: "online" | "offline" | "unknown";
}

export interface DoorController {
  /**
   * Sends one command for this grant, now or never: what cannot leave at once is dropped and said, never queued. Resolves with
   * what became of it, at the latest when the grant's life is over; never rejects for anything the door or the broker does.
   */
  open(grant: Grant, signal: AbortSignal): Promise<DoorAck>;
  feedback(signal: AbortSignal): AsyncIterable<DoorFeedback>;
  health(): DoorHealth;
}
