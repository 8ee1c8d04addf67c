/** What a simulated device wants done in the world. */
export type PeerEffect =
  | { readonly do: "publish"; readonly topic: string; readonly payload: string; readonly retain: boolean }
  /** Its output changed: the lock is released, or locked again. */
  | { readonly do: "tell"; readonly event: "opened" | "relocked" };

/**
 * A device people have, as its firmware's documents describe it: pure, with no clock and no connection of its own. It checks nothing, like
 * the real ones: whether a command is retained, old or a stranger's makes no difference.
 */
export interface Peer {
  readonly subscribes: readonly string[];
  readonly will: { readonly topic: string; readonly payload: string };
  /** What it says when its connection stands. */
  connected(): PeerEffect[];
  message(topic: string, payload: string, nowMs: number): PeerEffect[];
  /** When it wants to be ticked next; null = not at all. */
  dueAtMs(): number | null;
  tick(nowMs: number): PeerEffect[];
}

export function published(topic: string, payload: string, retain = false): PeerEffect {
  return { do: "publish", topic, payload, retain };
}

/** An output that goes off again by itself. `nowMs` is monotonic. */
export interface Output {
  isOn(): boolean;
  /** On for so long, again from now when it is on already; null = until it is told otherwise. True when it was off. */
  on(nowMs: number, forMs: number | null): boolean;
  /** True when it was on. */
  off(): boolean;
  dueAtMs(): number | null;
}

export function createOutput(): Output {
  let on = false;
  let untilMs: number | null = null;
  return {
    isOn: () => on,
    on(nowMs, forMs) {
      const was = on;
      on = true;
      untilMs = forMs === null ? null : nowMs + forMs;
      return !was;
    },
    off() {
      const was = on;
      on = false;
      untilMs = null;
      return was;
    },
    dueAtMs: () => untilMs,
  };
}
