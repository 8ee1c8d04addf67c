import type { DoorHappening } from "#core/door-event";
import { type DoorInput, type DoorState, doorStateAtStart, doorStep, dueAtMs, type LeafRule } from "#core/door-state";
import type { Clock } from "#ports/clock";
import type { DoorAck, DoorFeedback } from "#ports/door-controller";

/** What was seen of a door after its lock was released. */
export interface Sight {
  readonly actuation: "confirmed" | "cancelled";
  readonly why: "opened" | "already_open" | "unlocked" | "not_opened";
}

export interface LeafNews {
  readonly state: DoorState;
  readonly happenings: readonly DoorHappening[];
}

/** What is known of one door besides its controller: its lock, its leaf, and whether that is as it should be. */
export interface DoorLeaf {
  state(): DoorState;
  /** True where a contact says how the leaf stands, or is expected to. */
  readonly isWatched: () => boolean;
  /** True unless a contact says, or should say and does not, that the leaf may stand open. */
  isKnownShut(): boolean;
  hear(item: DoorFeedback): void;
  /** A command is about to leave. */
  releasing(): void;
  /** What became of a command: whoever opens the door while its lock is released was let in. */
  released(ack: DoorAck): void;
  /** Hears everything that changes, until the returned function is called. */
  onChange(listener: (news: LeafNews) => void): () => void;
  /**
   * What is seen of the release that was acknowledged so, 5 s later at the latest; null = nothing that anybody could know, or the
   * signal has aborted. `cancelled` is said by a contact alone.
   */
  sight(ack: DoorAck, signal: AbortSignal): Promise<Sight | null>;
  /** True when the lock was released again since, or may just be being released. */
  isReleasedSince(atMs: number): boolean;
}

/** Somebody who was let in has opened the door by then, or does not want to any more, ms. */
const OPENED_WITHIN_MS = 5000;
/** No controller has to let somebody out for longer at once, ms. */
const LONGEST_EXIT_MS = 60_000;

/** `expectsContact`: the configuration names a contact, so that silence means not known. `signal` ends its timers. */
export function createDoorLeaf(
  parts: { readonly rule: LeafRule; readonly pulseMs: number; readonly expectsContact: boolean; readonly clock: Clock },
  signal: AbortSignal,
): DoorLeaf {
  const { rule, pulseMs, clock } = parts;
  const listeners = new Set<(news: LeafNews) => void>();
  let state = doorStateAtStart(clock.monotonicMs());
  let unlockedSaidAtMs = Number.NEGATIVE_INFINITY;
  let releasedAtMs = Number.NEGATIVE_INFINITY;
  let timer = new AbortController();

  /** The moment a word was heard; the clock at that of its being taken is no earlier. */
  const take = (input: DoorInput, atMs = clock.monotonicMs()): void => {
    const before = state;
    const step = doorStep(before, input, { nowMs: atMs, now: clock.now() }, rule);
    state = step.state;
    timer.abort();
    timer = new AbortController();
    const due = dueAtMs(state, rule);
    if (due !== null) {
      const waitMs = Math.max(1, due - clock.monotonicMs());
      clock.sleep(waitMs, AbortSignal.any([signal, timer.signal])).then(
        () => take({ is: "time" }),
        () => {},
      );
    }
    if (state === before && step.happenings.length === 0) return;
    for (const listener of [...listeners]) listener({ state, happenings: step.happenings });
  };
  const release = (id: string | null, atMs: number, untilMs: number): void => {
    releasedAtMs = Math.max(releasedAtMs, atMs);
    take({ is: "released", id, untilMs });
  };
  const onChange: DoorLeaf["onChange"] = (listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
  const hasContact = (): boolean => parts.expectsContact || state.since !== null;

  /** What can be said already; `undefined` = that has to be waited for. */
  const seen = (sentAtMs: number): Sight | undefined => {
    const { contact, openedAtMs } = state;
    if (openedAtMs !== null && openedAtMs >= sentAtMs) return { actuation: "confirmed", why: "opened" };
    if (contact === "open") return { actuation: "confirmed", why: "already_open" };
    if (!hasContact() && unlockedSaidAtMs >= sentAtMs) return { actuation: "confirmed", why: "unlocked" };
    return undefined;
  };

  return {
    state: () => state,
    isWatched: hasContact,
    isKnownShut: () => state.contact === "shut" || !hasContact(),
    isReleasedSince: (atMs) => releasedAtMs > atMs,
    hear(item) {
      const { kind, id, atMs } = item;
      if (kind === "lock") {
        if (item.state === "unlocked" && id === null) unlockedSaidAtMs = atMs;
        take({ is: "lock", state: item.state }, atMs);
      } else if (kind === "contact") take({ is: "contact", open: item.open }, atMs);
      else if (kind === "request_to_exit") release(id, atMs, atMs + LONGEST_EXIT_MS);
      else if (kind === "relocked") take({ is: "relocked", id }, atMs);
      else if (kind === "offline") {
        take({ is: "lock", state: "unknown" }, atMs);
        // A contact of its own is another's business.
        if (!parts.expectsContact) take({ is: "contact", open: null }, atMs);
      }
    },
    releasing() {
      releasedAtMs = clock.monotonicMs();
    },
    released(ack) {
      // Whatever was sent and not refused may have moved the lock, acknowledged or not.
      if (ack.sentAtMs === null || ack.actuation === "refused") return;
      const atMs = clock.monotonicMs();
      release(ack.commandId, atMs, atMs + pulseMs);
    },
    onChange,
    async sight(ack, stop) {
      const sentAtMs = ack.sentAtMs ?? clock.monotonicMs();
      const untilMs = (ack.ackedAtMs ?? sentAtMs) + OPENED_WITHIN_MS;
      const enough = new AbortController();
      let hasAlwaysKnown = state.contact !== null;
      let sight = seen(sentAtMs);
      const unlisten = onChange(() => {
        if (state.contact === null) hasAlwaysKnown = false;
        sight ??= seen(sentAtMs);
        if (sight !== undefined) enough.abort();
      });
      try {
        const waitMs = untilMs - clock.monotonicMs();
        if (sight === undefined && waitMs > 0) await clock.sleep(waitMs, AbortSignal.any([stop, enough.signal]));
      } catch {
        if (sight === undefined) return null;
      } finally {
        unlisten();
      }
      if (sight !== undefined) return sight;
      return hasAlwaysKnown ? { actuation: "cancelled", why: "not_opened" } : null;
    },
  };
}
