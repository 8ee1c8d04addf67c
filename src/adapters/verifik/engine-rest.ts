import { unreachable } from "#adapters/verifik/connection-fault";
import type { Deadline } from "#adapters/verifik/deadline";
import type { EngineLog } from "#adapters/verifik/engine-log";
import {
  afterFailure,
  afterNothing,
  askLeave,
  type Breaker,
  CLOSED_BREAKER,
  ENGINE_BREAKER,
  restedFor,
} from "#core/breaker";
import { type ErrorCode, LimenError } from "#errors";
import type { Clock } from "#ports/clock";
import type { Metrics } from "#ports/metrics";

/** Leaves an engine alone that fails or wants to be; shared by all searches of one client. */
export interface EngineRest {
  /**
   * Waits for the engine's rest to be over, when there is time for it; throws what made it rest when not. Whoever was let through
   * says how it ended.
   */
  leave(deadline: Deadline): Promise<void>;
  /** The engine asked for a pause (Retry-After) together with this refusal. */
  paused(error: LimenError, pauseMs: number): void;
  /** A search is over: null when it was answered, else what it threw. */
  ended(thrown: unknown): void;
  /** True while a search would fail at once. */
  isResting(): boolean;
}

/** The engine answered, if only to say that it does not take this one: nothing is wrong with it. */
const ANSWERS: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "LIMEN_ENGINE_INVALID",
  "LIMEN_ENGINE_NOT_FOUND",
  "LIMEN_ENGINE_CONFLICT",
  "LIMEN_ENGINE_PRECONDITION",
]);

/** What says nothing of the engine: the search was called off, or never sent. */
function isNothing(thrown: unknown): boolean {
  if (!(thrown instanceof LimenError)) return true;
  return !thrown.code.startsWith("LIMEN_ENGINE_") || thrown.code === "LIMEN_ENGINE_CAP";
}

export function createEngineRest(parts: { clock: Clock; metrics: Metrics; log: EngineLog }): EngineRest {
  const { clock, metrics, log } = parts;
  let breaker: Breaker = CLOSED_BREAKER;
  let because: LimenError | null = null;

  const become = (next: Breaker): void => {
    const isOpen = next.openUntilMs !== null;
    if (isOpen !== (breaker.openUntilMs !== null)) metrics.gauge("limen_engine_left_alone", isOpen ? 1 : 0);
    breaker = next;
  };

  return {
    async leave(deadline) {
      for (;;) {
        const nowMs = clock.monotonicMs();
        const answer = askLeave(breaker, nowMs);
        if (answer.granted) return become(answer.breaker);
        const waitMs = answer.untilMs - nowMs;
        if (waitMs >= deadline.leftMs()) {
          metrics.count("limen_engine_calls_saved_total", { why: "left_alone" });
          throw because ?? unreachable("the search engine is left alone for a while");
        }
        await clock.sleep(waitMs, deadline.signal);
      }
    },

    paused(error, pauseMs) {
      because = error;
      become(restedFor(breaker, pauseMs, clock.monotonicMs()));
    },

    ended(thrown) {
      if (thrown === null || (thrown instanceof LimenError && ANSWERS.has(thrown.code))) return become(CLOSED_BREAKER);
      if (isNothing(thrown)) return become(afterNothing(breaker));
      const nowMs = clock.monotonicMs();
      const next = afterFailure(breaker, ENGINE_BREAKER, nowMs);
      const opens = next.openUntilMs !== breaker.openUntilMs;
      if (opens && breaker.openUntilMs === null) log.leftAlone(next.failures, ENGINE_BREAKER.openMs);
      if (thrown instanceof LimenError) because = thrown;
      become(next);
    },

    isResting: () => !askLeave(breaker, clock.monotonicMs()).granted,
  };
}
