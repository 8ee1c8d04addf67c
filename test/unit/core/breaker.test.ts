import { expect, it } from "vitest";
import { afterFailure, afterNothing, askLeave, type Breaker, CLOSED_BREAKER, restedFor } from "#core/breaker";

const RULE = { failures: 3, openMs: 1000 };
const failed = (times: number, from: Breaker = CLOSED_BREAKER, nowMs = 0): Breaker =>
  Array.from({ length: times }).reduce<Breaker>((breaker) => afterFailure(breaker, RULE, nowMs), from);

it("is asked as long as it does not fail too often in a row", () => {
  expect(askLeave(failed(2), 0)).toMatchObject({ granted: true });
  expect(askLeave(failed(3), 999)).toEqual({ granted: false, untilMs: 1000 });
});

it("is asked once when the time is over, and by nobody else until that one is answered", () => {
  const probing = askLeave(failed(3), 1000);
  if (!probing.granted) throw new Error("nobody found out");
  expect(askLeave(probing.breaker, 1000)).toEqual({ granted: false, untilMs: Number.POSITIVE_INFINITY });
  // Called off: the next one may find out.
  expect(askLeave(afterNothing(probing.breaker), 1000)).toMatchObject({ granted: true });
  // Failed: left alone once more, after a single failure.
  expect(askLeave(afterFailure(probing.breaker, RULE, 1500), 2499)).toEqual({ granted: false, untilMs: 2500 });
});

it("is not left alone longer because of questions that were under way when it was", () => {
  const late = afterFailure(failed(3), RULE, 900);
  expect(late.openUntilMs).toBe(1000);
});

it("is left alone for as long as it asked to be, the longest wish first", () => {
  const resting = restedFor(restedFor(CLOSED_BREAKER, 5000, 0), 2000, 100);
  expect(askLeave(resting, 4999)).toEqual({ granted: false, untilMs: 5000 });
  expect(askLeave(resting, 5000)).toMatchObject({ granted: true, breaker: { isProbing: true } });
});

it("that fails while it is found out about, and asks for a pause, gets the pause", () => {
  const probing = askLeave(failed(3), 1000);
  if (!probing.granted) throw new Error("nobody found out");
  const again = afterFailure(restedFor(probing.breaker, 200, 1100), RULE, 1100);
  expect(again).toMatchObject({ openUntilMs: 1300, isProbing: false });
});
