import { concernWords, type DoorConcern } from "#core/door-concern";
import type { Clock } from "#ports/clock";
import type { Logger } from "#ports/logger";

/** What is known to be wrong with how a controller is set up. */
export interface SetUpChecks extends Disposable {
  list(): readonly DoorConcern[];
  said(concern: DoorConcern, holds: boolean): void;
  /** The controller was away, or the broker: what it said of itself before may not be true any more. */
  doubt(who: "controller" | "broker"): void;
}

/** Time a controller has to answer before it is logged that it does not, ms; some are asleep for seconds. */
const ANSWER_MS = 10_000;

/** Logs each concern once when it appears and once when it is gone, not at every outage between. */
export function watchSetUp(parts: {
  readonly unchecked: readonly DoorConcern[];
  /** Found on the broker, where it is found again after each outage if it is still there. */
  readonly foundAnew: readonly DoorConcern[];
  readonly topics: readonly string[];
  readonly clock: Clock;
  readonly logger: Logger;
  readonly onChange: () => void;
}): SetUpChecks {
  const { clock, logger } = parts;
  const holding = new Set<DoorConcern>(parts.unchecked);
  const logged = new Set<DoorConcern>();
  let waiting = new AbortController();

  const log = (concern: DoorConcern): void => {
    const holds = holding.has(concern);
    if (holds === logged.has(concern)) return;
    const line = { concern, topics: parts.topics.join(" ") };
    if (holds) {
      logged.add(concern);
      logger.warn(line, `the door's controller ${concernWords(concern)}`);
    } else {
      logged.delete(concern);
      logger.info(line, "one thing less is wrong with how the door's controller is set up");
    }
  };
  const logLater = (): void => {
    waiting.abort();
    waiting = new AbortController();
    clock.sleep(ANSWER_MS, waiting.signal).then(
      () => {
        for (const concern of new Set([...holding, ...logged])) log(concern);
      },
      () => {},
    );
  };
  const put = (concern: DoorConcern, holds: boolean): boolean => {
    if (holds === holding.has(concern)) return false;
    if (holds) holding.add(concern);
    else holding.delete(concern);
    return true;
  };
  logLater();

  return {
    list: () => [...holding],
    said(concern, holds) {
      const isNew = put(concern, holds);
      log(concern);
      if (isNew) parts.onChange();
    },
    doubt(who) {
      const changes = [
        ...parts.unchecked.map((concern) => put(concern, true)),
        ...(who === "broker" ? parts.foundAnew : []).map((concern) => put(concern, false)),
      ];
      logLater();
      if (changes.includes(true)) parts.onChange();
    },
    [Symbol.dispose]: () => waiting.abort(),
  };
}
