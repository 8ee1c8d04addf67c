import type { Instant } from "#core/instant";

/** Something that happened at a door and is no decision. Kept beside the decisions, and announced. */
export type DoorEvent = {
  /** ULID. */
  readonly id: string;
  readonly at: Instant;
  readonly door: string;
} & DoorHappening;

export type DoorHappening =
  /** Nobody is let in for so long, after too many refusals. */
  | { readonly kind: "locked_out"; readonly lengthMs: number }
  /** Somebody inside has pressed the exit button. */
  | { readonly kind: "request_to_exit" }
  /** Somebody was let in who, as far as anybody knows, is inside already. */
  | { readonly kind: "anti_passback"; readonly personId: string };
