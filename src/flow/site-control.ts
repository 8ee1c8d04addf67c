import { highestMin, UNREADABLE_MIN } from "#core/threshold";
import { type BucketRule, fullBucket, takeToken } from "#core/throttle";
import { codeOf, messageOf } from "#errors";
import type { Clock } from "#ports/clock";
import type { DoorController } from "#ports/door-controller";
import type { Logger } from "#ports/logger";
import type { Metrics } from "#ports/metrics";
import type { DoorTest, SiteControl, ThresholdAnswer } from "#ports/site-control";

/** Somebody who keeps pressing must not keep every door shut. */
const RESTARTS: BucketRule = { capacity: 2, refillEveryMs: 120_000 };

const LEAST = 0.5;

/**
 * What may be done to the whole of Limen from afar. A threshold is only ever raised above what the configuration says: a higher one holds
 * at once, whether or not it can be kept, and a lower one only once it is on the disk. One that was kept and cannot be read counts as the
 * highest there is, so that nobody gets in by a broken file.
 */
export async function openSiteControl(parts: {
  /** The configuration's own, of the moment; null = none. */
  readonly floor: () => number | null;
  readonly kept: () => Promise<number | null>;
  readonly keep: (score: number) => Promise<void>;
  readonly restart: () => void;
  readonly controllers: ReadonlyMap<string, Pick<DoorController, "health">>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
}): Promise<SiteControl> {
  const { clock, logger, metrics } = parts;
  const listeners = new Set<() => void>();
  let restarts = fullBucket(RESTARTS, clock.monotonicMs());
  let raised: number | null = await parts.kept().catch((error: unknown) => {
    logger.error(
      { code: codeOf(error) },
      `the threshold set from afar cannot be read, so nobody is let in: ${messageOf(error)}`,
    );
    return UNREADABLE_MIN;
  });
  /** How often a threshold was asked for. */
  let asked = 0;
  let keeping: Promise<unknown> = Promise.resolve();
  /** One after the other, so that the last that was asked for is the one that is kept. */
  const keepInTurn = (score: number): Promise<void> => {
    const kept = keeping.then(() => parts.keep(score));
    keeping = kept.catch(() => {});
    return kept;
  };
  const counted = <T extends string>(asked: string, outcome: T): T => {
    metrics.count("limen_remote_requests_total", { asked, outcome });
    return outcome;
  };
  const threshold = (): number | null => highestMin(parts.floor(), raised);
  const hold = (score: number, by: string): void => {
    raised = score;
    logger.warn({ by, score }, "the threshold was set from afar");
    for (const listener of [...listeners]) listener();
  };

  return {
    threshold,
    async raise(score, by): Promise<ThresholdAnswer> {
      if (!(score >= LEAST && score <= 1)) return counted("threshold", "malformed");
      if (score < (parts.floor() ?? 0)) {
        logger.warn({ by }, "refused a threshold from afar that is lower than the configuration's");
        return counted("threshold", "too_low");
      }
      asked++;
      const turn = asked;
      const isStricter = score >= (threshold() ?? 0);
      if (isStricter) hold(score, by);
      try {
        await keepInTurn(score);
      } catch (error) {
        const rest = isStricter ? "it holds until Limen is opened anew" : "it does not hold";
        logger.error({ code: codeOf(error) }, `a threshold from afar could not be kept, ${rest}: ${messageOf(error)}`);
        return counted("threshold", "not_kept");
      }
      // One that somebody asked for since is what holds.
      if (!isStricter && turn === asked) hold(score, by);
      return counted("threshold", "changed");
    },
    restart(by) {
      const left = takeToken(restarts, RESTARTS, clock.monotonicMs());
      if (left === null) return counted("restart", "rate_limited");
      restarts = left;
      logger.warn({ by }, "somebody asked from afar for a restart");
      parts.restart();
      return counted("restart", "granted");
    },
    test(door, by): DoorTest | null {
      const controller = parts.controllers.get(door);
      if (controller === undefined) return null;
      const { broker, controller: state, concerns } = controller.health();
      const isOk = broker === "online" && state === "online" && concerns.length === 0;
      logger.info(
        { door, by, broker, controller: state, concerns: concerns.join(" ") },
        "a door was tested from afar; nothing moved",
      );
      counted("test", isOk ? "ok" : "not_ok");
      return { door, at: clock.now(), isOk, broker, controller: state, concerns };
    },
    watch(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
