import type { DoorConcern } from "#core/door-concern";
import type { Grant } from "#core/grant";
import type { LockWord } from "#core/lock-word";
import type { Actuation } from "#core/reason";

export interface DoorAck {
  /** Id of the command that was put on the wire; null when nothing was sent. */
  readonly commandId: string | null;
  /** `acked` = the controller says it moved the lock; `sent` = the broker has the command, and this controller never says more. */
  readonly actuation: Exclude<Actuation, "none" | "confirmed" | "cancelled">;
  /** The controller's or our own word for why, e.g. `expired`, `bad_nonce`, `broker_offline`. */
  readonly why: string;
  /** Monotonic ms at which the command left and the ack came; null when they did not. */
  readonly sentAtMs: number | null;
  readonly ackedAtMs: number | null;
}

/** Something the door reports by itself. `atMs` is monotonic. */
export type DoorFeedback = { readonly atMs: number } & (
  | { readonly kind: "online" | "offline"; readonly id: null }
  /** What it relocked after, a command or a press of the button, or that press; null where the controller does not tell. */
  | { readonly kind: "relocked"; readonly id: string | null }
  /** Somebody inside has pressed the button that the controller lets them out by. */
  | { readonly kind: "request_to_exit"; readonly id: string | null }
  /** What the lock says of itself, as often as it says so. `id` = the command whose answer says it; null = it says so by itself. */
  | { readonly kind: "lock"; readonly id: string | null; readonly state: LockWord }
  /** Whether the leaf stands open; null = whoever tells is away. */
  | { readonly kind: "contact"; readonly id: null; readonly open: boolean | null }
  /** `health().concerns` has changed. */
  | { readonly kind: "concerns"; readonly id: null }
);

export interface DoorHealth {
  readonly broker: "online" | "offline";
  readonly controller: "online" | "offline" | "unknown";
  /** What is wrong with how it is set up; empty = nothing that can be seen. */
  readonly concerns: readonly DoorConcern[];
}

export interface DoorController {
  /**
   * Sends one command for this grant, now or never: what cannot leave at once is dropped and said, never queued. Resolves with
   * what became of it, at the latest when the grant's life is over; never rejects for anything the door or the broker does.
   */
  open(grant: Grant, signal: AbortSignal): Promise<DoorAck>;
  /** Ends a release before its time is over; missing where that cannot be told. Resolves with whether it left. Never rejects. */
  relock?(signal: AbortSignal): Promise<boolean>;
  feedback(signal: AbortSignal): AsyncIterable<DoorFeedback>;
  health(): DoorHealth;
}
