import { mayFeed, type Pulse, type Stuck, stuckParts } from "#core/heartbeat";
import type { Clock } from "#ports/clock";
import type { Logger } from "#ports/logger";
import type { Metrics } from "#ports/metrics";
import type { Supervisor } from "#ports/supervisor";

/** How often the heart looks at its parts, ms. */
const BEAT_MS = 1000;
/** A beat later than this was missed by the whole program, not by one part, ms. */
const GAP_MS = 5000;
/** The watchdog is fed so many times in its period: one that is missed is no reason to be ended. */
const FEEDS_A_PERIOD = 4;

/** For a part that says again and again that it goes on. */
export interface Ticker {
  beat(): void;
  /** It has nothing to say until its next beat: it stands, or waits for somebody else. */
  rest(): void;
}

/** For a part that waits for work, and is stuck when a piece of it does not end. */
export interface Worker {
  begin(): void;
  end(): void;
}

export interface Heartbeat {
  /** A part that must beat at least every `allowedMs`, from now on. */
  ticker(part: string, allowedMs: number): Ticker;
  /** A part whose pieces of work end within `allowedMs`. */
  worker(part: string, allowedMs: number): Worker;
  /** Who gave no sign of life in time, at the last beat. */
  stuck(): readonly Stuck[];
  /** Watches, and feeds the watchdog only while nobody is stuck, until the signal aborts. */
  run(signal: AbortSignal): Promise<void>;
}

/**
 * Whether the program works, judged by its parts and not by its process being there. Runs on the event loop like everything else: a
 * loop that is blocked beats no more, and the watchdog goes hungry.
 */
export function createHeartbeat({
  supervisor,
  clock,
  logger,
  metrics,
}: {
  readonly supervisor: Supervisor;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
}): Heartbeat {
  const pulses: { -readonly [Key in keyof Pulse]: Pulse[Key] }[] = [];
  let stuck: readonly Stuck[] = [];
  let awakeSinceMs = Number.NEGATIVE_INFINITY;
  let fedAtMs = Number.NEGATIVE_INFINITY;

  const add = (part: string, allowedMs: number, owesSinceMs: number | null) => {
    const pulse = { part, allowedMs, owesSinceMs };
    pulses.push(pulse);
    return pulse;
  };

  /** Says once who is stuck, and once that nobody is any more. */
  const tell = (now: readonly Stuck[]): void => {
    const isNew = now.filter(({ part }) => !stuck.some((before) => before.part === part));
    for (const { part, forMs } of isNew) {
      const ms = Math.round(forMs);
      logger.error({ part, forMs: ms }, "gives no sign of life: the watchdog is no longer fed");
    }
    if (stuck.length > 0 && now.length === 0) logger.info({}, "every part gives signs of life again");
  };

  const look = (nowMs: number): void => {
    const now = stuckParts(pulses, awakeSinceMs, nowMs);
    tell(now);
    stuck = now;
    metrics.gauge("limen_stuck_parts", now.length);
    const { watchdogMs } = supervisor;
    if (!mayFeed(now) || watchdogMs === null || nowMs - fedAtMs < watchdogMs / FEEDS_A_PERIOD - BEAT_MS / 2) return;
    supervisor.alive();
    fedAtMs = nowMs;
  };

  return {
    ticker(part, allowedMs) {
      const pulse = add(part, allowedMs, clock.monotonicMs());
      return {
        beat() {
          pulse.owesSinceMs = clock.monotonicMs();
        },
        rest() {
          pulse.owesSinceMs = null;
        },
      };
    },
    worker(part, allowedMs) {
      const pulse = add(part, allowedMs, null);
      return {
        begin() {
          pulse.owesSinceMs = clock.monotonicMs();
        },
        end() {
          pulse.owesSinceMs = null;
        },
      };
    },
    stuck: () => stuck,
    async run(signal) {
      let lastMs = clock.monotonicMs();
      while (!signal.aborted) {
        await clock.sleep(BEAT_MS, signal).catch(() => {});
        if (signal.aborted) return;
        const nowMs = clock.monotonicMs();
        const lateMs = Math.max(0, nowMs - lastMs - BEAT_MS);
        metrics.observe("limen_event_loop_delay_seconds", lateMs / 1000);
        if (lateMs > GAP_MS) awakeSinceMs = nowMs;
        lastMs = nowMs;
        look(nowMs);
      }
    },
  };
}
