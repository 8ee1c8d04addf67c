import type { Candidate } from "#core/candidate";
import { isBelievable } from "#core/candidate";
import type { EngineFault } from "#core/visit";
import { codeOf, LimenError } from "#errors";
import type { Clock } from "#ports/clock";
import type { FaceSearch, SearchRequest } from "#ports/face-search";

export type LaneRequest = Omit<SearchRequest, "signal">;

const OFFLINE = new Set<string>([
  "LIMEN_ENGINE_UNREACHABLE",
  "LIMEN_ENGINE_TIMEOUT",
  "LIMEN_ENGINE_FAILED",
  "LIMEN_ENGINE_RATE_LIMITED",
]);

/** What a failed search means for the visit: nobody there to ask, or an answer that cannot be used. */
export function faultOf(error: unknown): EngineFault {
  if (codeOf(error) === "LIMEN_ENGINE_CAP") return "spend_cap";
  return OFFLINE.has(codeOf(error)) ? "engine_offline" : "engine_error";
}

/** Searches waiting at most; beyond it the oldest waiting one is refused, because the newest picture is worth more. */
const MAX_WAITING = 8;

export interface SearchLane {
  /**
   * Believable candidates within the deadline. Throws LIMEN_SEARCH_DEADLINE when the engine was too slow or a newer search
   * took the place, LIMEN_SEARCH_INVALID for an answer nobody should believe; a late answer is discarded, never used.
   */
  search(request: LaneRequest, signal: AbortSignal): Promise<Candidate[]>;
  size(collection: string | null): number;
}

/** One lane of searches shared by all cameras: `concurrency` at once, a bounded queue, a deadline that counts the waiting too. */
export function createSearchLane(options: {
  engine: FaceSearch;
  clock: Clock;
  concurrency: number;
  deadlineMs: number;
}): SearchLane {
  const { engine, clock } = options;
  const waiting: { start: () => void; refuse: (error: LimenError) => void }[] = [];
  let running = 0;

  const tooLate = (): LimenError =>
    new LimenError("LIMEN_SEARCH_DEADLINE", `the search took longer than ${options.deadlineMs} ms`);

  const enter = (signal: AbortSignal): Promise<void> => {
    if (running < options.concurrency) {
      running++;
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      // Node keeps a combined signal alive for as long as somebody listens to it: whoever has their turn must not.
      const place = {
        start: () => {
          signal.removeEventListener("abort", leave);
          running++;
          resolve();
        },
        refuse: (error: LimenError) => {
          signal.removeEventListener("abort", leave);
          reject(error);
        },
      };
      waiting.push(place);
      const leave = (): void => {
        const at = waiting.indexOf(place);
        if (at >= 0) waiting.splice(at, 1);
        reject(tooLate());
      };
      signal.addEventListener("abort", leave, { once: true });
      if (waiting.length > MAX_WAITING) waiting.shift()?.refuse(tooLate());
    });
  };

  const leave = (): void => {
    running--;
    waiting.shift()?.start();
  };

  return {
    size: (collection) => engine.size(collection),

    async search(request, signal) {
      const startedMs = clock.monotonicMs();
      const deadline = new AbortController();
      const both = AbortSignal.any([signal, deadline.signal]);
      const timer = new AbortController();
      const late = clock.sleep(options.deadlineMs, AbortSignal.any([signal, timer.signal])).then(
        () => {
          deadline.abort();
          throw tooLate();
        },
        () => new Promise<never>(() => {}),
      );
      const answer = (async () => {
        await enter(both);
        try {
          return await engine.search({ ...request, signal: both });
        } finally {
          leave();
        }
      })();
      // Whichever loses the race must not surface as an unhandled rejection.
      answer.catch(() => {});
      try {
        const candidates = await Promise.race([answer, late]);
        // A process that stood still wakes up to answers and alarms at once, and the answer may come first.
        if (clock.monotonicMs() - startedMs > options.deadlineMs) throw tooLate();
        if (!isBelievable(candidates)) {
          throw new LimenError(
            "LIMEN_SEARCH_INVALID",
            "the engine's answer is out of range, unordered or names somebody twice",
          );
        }
        return candidates;
      } finally {
        timer.abort();
      }
    },
  };
}
