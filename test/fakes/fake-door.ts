import { type Grant, lifeLeftMs } from "#core/grant";
import type { LockWord } from "#core/lock-word";
import type { Clock } from "#ports/clock";
import type { DoorAck, DoorController, DoorFeedback, DoorHealth } from "#ports/door-controller";

/** A door in memory: opens for every live grant while its controller is there, and keeps what it opened for. */
export class FakeDoor implements DoorController {
  readonly opened: Grant[] = [];
  controller: DoorHealth["controller"] = "online";
  /** Ms between command and ack. */
  ackAfterMs = 5;
  /** How often it was told to lock before its time. */
  relocks = 0;
  readonly #door: string;
  readonly #clock: Clock;
  readonly #pulseMs: number;
  readonly #readers = new Set<(item: DoorFeedback) => void>();
  #commands = 0;
  #busy = false;

  constructor(door: string, clock: Clock, pulseMs = 100) {
    this.#door = door;
    this.#clock = clock;
    this.#pulseMs = pulseMs;
  }

  async open(grant: Grant, signal: AbortSignal): Promise<DoorAck> {
    const nothing = { commandId: null, sentAtMs: null, ackedAtMs: null };
    const sentAtMs = this.#clock.monotonicMs();
    if (signal.aborted) return { ...nothing, actuation: "failed", why: "stopped" };
    if (grant.door !== this.#door) return { ...nothing, actuation: "refused", why: "wrong_door" };
    if (lifeLeftMs(grant, sentAtMs) <= 0) return { ...nothing, actuation: "expired", why: "grant_expired" };
    if (this.#busy) return { ...nothing, actuation: "refused", why: "busy" };
    if (this.controller !== "online") return { ...nothing, actuation: "controller_offline", why: "controller_offline" };
    this.#busy = true;
    const commandId = `command-${++this.#commands}`;
    try {
      await this.#clock.sleep(this.ackAfterMs, signal);
    } catch {
      this.#busy = false;
      return { commandId, actuation: "failed", why: "stopped", sentAtMs, ackedAtMs: null };
    }
    this.opened.push(grant);
    void this.#relock(commandId);
    return { commandId, actuation: "acked", why: "ok", sentAtMs, ackedAtMs: this.#clock.monotonicMs() };
  }

  async *feedback(signal: AbortSignal): AsyncIterable<DoorFeedback> {
    const unread: DoorFeedback[] = [];
    let wake = (): void => {};
    const take = (item: DoorFeedback): void => {
      unread.push(item);
      wake();
    };
    this.#readers.add(take);
    signal.addEventListener("abort", () => wake());
    while (!signal.aborted) {
      const next = unread.shift();
      if (next !== undefined) yield next;
      else
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
    }
    this.#readers.delete(take);
  }

  health(): DoorHealth {
    return { broker: "online", controller: this.controller, concerns: [] };
  }

  /** Somebody inside presses the exit button. */
  press(id: string): void {
    this.#tell({ kind: "request_to_exit", id, atMs: this.#clock.monotonicMs() });
  }

  hasRelocked(id: string): void {
    this.#tell({ kind: "relocked", id, atMs: this.#clock.monotonicMs() });
  }

  /** Its contact says how the leaf stands. */
  leaf(open: boolean): void {
    this.#tell({ kind: "contact", id: null, open, atMs: this.#clock.monotonicMs() });
  }

  /** Its lock says how it is; `id` = as the answer to that command. */
  lock(state: LockWord, id: string | null): void {
    this.#tell({ kind: "lock", id, state, atMs: this.#clock.monotonicMs() });
  }

  async relock(): Promise<boolean> {
    this.relocks++;
    return true;
  }

  #tell(item: DoorFeedback): void {
    for (const tell of this.#readers) tell(item);
  }

  async #relock(id: string): Promise<void> {
    await this.#clock.sleep(this.#pulseMs);
    this.#busy = false;
    this.hasRelocked(id);
  }
}
