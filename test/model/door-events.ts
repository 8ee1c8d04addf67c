import type { Name } from "./door-words";

/** What an engine says to one search. */
export type ScriptedAnswer =
  | { readonly kind: "names"; readonly scores: readonly (readonly [Name, number])[] }
  /** What no engine may say: unordered, off the scale, twice the same, no number. */
  | { readonly kind: "nonsense"; readonly scores: readonly (readonly [Name, number])[] }
  | { readonly kind: "fails"; readonly code: "LIMEN_ENGINE_UNREACHABLE" | "LIMEN_SEARCH_FAILED" }
  | { readonly kind: "slow"; readonly ms: number; readonly scores: readonly (readonly [Name, number])[] };

/** What a service says of a picture it is sent: whom it sees and how live, after a while; that it is no live face; or nothing. */
export type ServiceWord =
  | {
      readonly kind: "sees";
      readonly scores: readonly (readonly [Name, number])[];
      readonly liveness: number;
      readonly passed: boolean;
      readonly afterMs: number;
    }
  | { readonly kind: "refuses" }
  | { readonly kind: "fails" };

/** Active in the door's collection; switched off; a guest only; both; not enrolled any more. */
export type PersonState = "active" | "inactive" | "outsider" | "listed" | "gone";

/** What speaks for a person, or a picture of one: nothing odd; a model's doubt; a picture that was there before; nothing was measured. */
export type Life = "alive" | "doubtful" | "looped" | "unmeasured";

export type DoorEvent =
  | {
      readonly kind: "look";
      readonly track: number;
      readonly answer: ScriptedAnswer;
      /** What the engine on the network says, where it is asked. */
      readonly network: ScriptedAnswer;
      readonly life: Life;
      /** What the service says, where it is asked about this picture. */
      readonly service: ServiceWord;
      /** Age of the picture when it is looked at, ms; negative = its clock runs ahead. */
      readonly ageMs: number;
      readonly heightPx: number;
      readonly yaw: number;
      readonly norm: number;
      /** Stands at the door, or walks across at five face heights a second. */
      readonly gait: "stands" | "passes";
    }
  | { readonly kind: "advance"; readonly ms: number }
  | { readonly kind: "tick" }
  | { readonly kind: "left"; readonly track: number }
  | { readonly kind: "person"; readonly name: "ada" | "ben"; readonly becomes: PersonState }
  /** ada and ben are noted to look alike, or not any more. */
  | { readonly kind: "alike"; readonly are: boolean }
  | { readonly kind: "camera"; readonly healthy: boolean }
  | { readonly kind: "disk"; readonly full: boolean }
  | { readonly kind: "slow_disk"; readonly ms: number }
  | { readonly kind: "controller"; readonly answer: "acked" | "acked_late" | "failed" | "throws" }
  | { readonly kind: "reload"; readonly policy: number }
  | { readonly kind: "wall_jump"; readonly ms: number }
  /** Somebody answers a second factor's question: the newest, the first there was, or the newest for another door. */
  | {
      readonly kind: "confirm";
      readonly says: "confirmed" | "declined";
      readonly about: "newest" | "first" | "elsewhere";
    }
  /** The engine on the network is left alone. */
  | { readonly kind: "resting"; readonly is: boolean };

/** A door's configuration (its place in POLICIES), when it begins, and what happens then. */
export interface Script {
  readonly policy: number;
  readonly beginsMs: number;
  readonly events: readonly DoorEvent[];
}
