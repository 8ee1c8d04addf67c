import type { DoorMode } from "#core/policy";
import type { Actuation } from "#core/reason";
import type { RemoteRefusal, RemoteRequest } from "#core/remote-unlock";
import type { ModeWish } from "#core/standing-mode";

/** What somebody who asked from afar is told. `id` is the one it was recorded under; null where it was not. */
export type RemoteAnswer =
  | { readonly result: "granted"; readonly id: string; readonly actuation: Actuation; readonly why: string }
  | { readonly result: "refused"; readonly id: string | null; readonly why: RemoteRefusal };

/** What became of a wish to lock a door before its pulse is over; `cannot` = its controller takes no such word. */
export type LockAnswer = "sent" | "not_sent" | "cannot" | "no_such_door";

/** Opening doors from afar. Never rejects. */
export interface RemoteUnlock {
  /** Resolves when it is known what became of it: within seconds. */
  unlock(request: RemoteRequest, signal: AbortSignal): Promise<RemoteAnswer>;
  /** Ends a release early. Anybody may: it opens nothing. */
  lock(door: string, by: string, signal: AbortSignal): Promise<LockAnswer>;
}

export type ModeAnswer = "changed" | "unchanged" | "not_allowed" | "not_kept";

/** How the doors stand, and changing it from afar. Never rejects. */
export interface DoorModes {
  /** The mode of the moment; a door nobody knows is locked down. */
  mode(door: string): DoorMode;
  wish(door: string, wish: ModeWish, by: string): Promise<ModeAnswer>;
  /** The configuration gives the door another mode now: whoever watches hears of it. */
  changed(door: string): void;
  /** Calls back at each change, until the returned function is called. */
  watch(listener: (door: string, mode: DoorMode) => void): () => void;
}
