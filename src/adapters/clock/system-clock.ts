import { setTimeout as delay } from "node:timers/promises";
import { instant } from "#core/instant";
import type { Clock } from "#ports/clock";

/** The machine's clocks. `monotonicMs` is CLOCK_MONOTONIC, which all processes of one boot share. */
export const systemClock: Clock = {
  now: () => instant(Date.now()),
  monotonicMs: () => Number(process.hrtime.bigint() / 1000n) / 1000,
  sleep: (ms, signal) => delay(ms, undefined, signal === undefined ? {} : { signal }),
};
