import type { DoorConcern } from "#core/door-concern";
import type { LockWord } from "#core/lock-word";

/** One message to a controller. */
export interface DoorMessage {
  readonly topic: string;
  readonly payload: string;
}

/** One order to release the lock. */
export interface UnlockOrder {
  /** ULID; for controllers that repeat it in their answer. */
  readonly id: string;
  readonly pulseMs: number;
}

/** What a controller's message means. */
export type DoorWord =
  /** Where several must be there (a bridge, and the device behind it) `part` says which; all that have spoken must be online. */
  | { readonly is: "available"; readonly online: boolean; readonly part?: string }
  /** It has acted. `order` = the id it answers to, null when its words name none. */
  | { readonly is: "done"; readonly order: string | null; readonly why: "ok" | "already_open" }
  | { readonly is: "refused"; readonly order: string | null; readonly why: string }
  | { readonly is: "lock"; readonly state: LockWord }
  | { readonly is: "contact"; readonly open: boolean }
  | { readonly is: "request_to_exit" }
  /** How it is set up: the concern holds, or it does not. */
  | { readonly is: "concern"; readonly concern: DoorConcern; readonly holds: boolean };

/** A topic a controller speaks on. On a `state` topic a retained message is worth as much as a live one; elsewhere it is ignored. */
export interface HeardTopic {
  readonly topic: string;
  readonly kind: "state" | "news";
}

/**
 * A kind of controller that people own, as data and pure functions: the bytes that release its lock and what its own messages mean.
 * It knows no broker, no clock and no grant; whether and when something is sent is decided by whoever holds the connection.
 */
export interface DoorProfile {
  /** The bytes that release the lock. Absolute, never a toggle: a second copy must not do the opposite. */
  unlock(order: UnlockOrder): DoorMessage;
  /** The bytes that lock it again before its pulse is over; null where it cannot be told. */
  readonly relock: DoorMessage | null;
  /** By what an order is known to be carried out: an answer or state of its own, or never. */
  readonly acks: boolean;
  readonly hears: readonly HeardTopic[];
  /** What a message on one of `hears` means; nothing for what is not understood. Never throws, whatever the bytes. */
  read(topic: string, payload: string): readonly DoorWord[];
  /** Questions and settings, sent at each connect and whenever the controller comes back. */
  readonly asks: readonly DoorMessage[];
  /** Concerns that hold until one of its words says that they do not: what nobody has checked is not taken for right. */
  readonly unchecked: readonly DoorConcern[];
  /** Every topic that `unlock`, `relock` and `asks` publish on: nothing on them ever leaves retained, stored or late. */
  readonly commandTopics: readonly string[];
  /** Those of them on which a retained message would open the door by itself. */
  readonly openingTopics: readonly string[];
  /** False where it has no way to say that it is there: it counts as there while the broker is. */
  readonly saysAvailability: boolean;
}

/** JSON as an object, or null: what a controller sends is nobody's promise. */
export function jsonObject(payload: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(payload);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value))
      : null;
  } catch {
    return null;
  }
}

/** Something was carried out; whose order it was is not said. */
export const DONE = { is: "done", order: null, why: "ok" } as const satisfies DoorWord;

/** A lock's own word for how it is. One that is released, or about to be, has carried out what it was told: it names no order. */
export function lockWords(state: LockWord | undefined): readonly DoorWord[] {
  if (state === undefined) return [];
  const lock = { is: "lock", state } as const;
  return state === "unlocked" || state === "unlocking" ? [DONE, lock] : [lock];
}

/** Whether it says that it is there, in its own two words; nothing for any other. */
export function presenceWords(payload: string, online = "online", offline = "offline"): readonly DoorWord[] {
  return payload === online || payload === offline ? [{ is: "available", online: payload === online }] : [];
}

/** What a table says under this word of a controller's; nothing for words it does not have. */
export function wordIn<T>(table: Readonly<Record<string, T>>, word: string): T | undefined {
  return Object.hasOwn(table, word) ? table[word] : undefined;
}
