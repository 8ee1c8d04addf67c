import { expect, it } from "vitest";
import { createBurstGate } from "#adapters/live/burst-gate";

const open = (times: readonly number[]): number[] => {
  const isLive = createBurstGate();
  return times.filter(isLive);
};

it("holds back what comes in one burst, and lets through what follows the first pause", () => {
  expect(open([100, 103, 106, 110, 150, 190, 191])).toEqual([150, 190, 191]);
});

it("does not wait for ever for a converter without pauses", () => {
  const endless = Array.from({ length: 500 }, (_, index) => 1000 + index * 10);
  expect(open(endless)[0]).toBe(5000);
});
