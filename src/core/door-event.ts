import type { Instant } from "#core/instant";
import type { DoorMode } from "#core/policy";
import type { Actuation } from "#core/reason";

/** Something that happened at a door and is no decision. Kept beside the decisions, and announced. */
export type DoorEvent = {
  /** ULID. */
  readonly id: string;
  readonly at: Instant;
  readonly door: string;
} & DoorHappening;

/** A request from afar as it is kept. */
export type RemoteUnlockEvent = Extract<DoorEvent, { kind: "remote_unlock" }>;

export type DoorHappening =
  /** Nobody is let in for so long, after too many refusals. */
  | { readonly kind: "locked_out"; readonly lengthMs: number }
  /** Somebody inside has pressed the exit button. */
  | { readonly kind: "request_to_exit" }
  /** Somebody was let in who, as far as anybody knows, is inside already. */
  | { readonly kind: "anti_passback"; readonly personId: string }
  /** The leaf was opened without anybody having been let in or out. */
  | { readonly kind: "forced" }
  /** The leaf has stood open for so long. */
  | { readonly kind: "held_open"; readonly forMs: number }
  /** The leaf is shut again after one of the two. */
  | { readonly kind: "shut_again"; readonly after: "forced" | "held_open" }
  /** Somebody asked for the door to be opened from afar. `by` = the channel and, where it has one, the name of the key or account. */
  | {
      readonly kind: "remote_unlock";
      readonly by: string;
      readonly outcome: "granted" | "refused";
      readonly why: string;
      /** What became of its command; absent = nothing was sent, or it is not known yet. */
      readonly actuation?: Actuation;
    }
  /** The door was put into another mode from afar. */
  | { readonly kind: "mode_changed"; readonly by: string; readonly mode: DoorMode };

/** What each of them means, behind "at this door" in a log line or a list. */
const WORDS: Readonly<Record<DoorHappening["kind"], string>> = {
  locked_out: "too many strangers were refused: the door opens for nobody for a while",
  request_to_exit: "somebody inside asked to get out",
  anti_passback: "somebody was let in who is inside already",
  forced: "the door was opened without anybody having been let in",
  held_open: "the door is being held open",
  shut_again: "the door is shut again",
  remote_unlock: "somebody asked from afar for the door to be opened",
  mode_changed: "the door was put into another mode from afar",
};

/** All kinds there are. */
export const HAPPENING_KINDS: readonly string[] = Object.keys(WORDS);

export function happeningWords(kind: DoorHappening["kind"]): string {
  return WORDS[kind];
}

/** What else is known of it, for a line behind these words; empty where there is nothing. */
export function happeningDetails(event: DoorHappening): string {
  switch (event.kind) {
    case "locked_out":
      return `${Math.ceil(event.lengthMs / 1000)} s`;
    case "held_open":
      return `${Math.ceil(event.forMs / 1000)} s`;
    case "mode_changed":
      return `${event.mode}, by ${event.by}`;
    case "remote_unlock":
      return `${event.outcome}: ${event.why}, by ${event.by}${event.actuation === undefined ? "" : `: ${event.actuation}`}`;
    case "request_to_exit":
    case "anti_passback":
    case "forced":
    case "shut_again":
      return "";
  }
}
