import { expect, it } from "vitest";
import { createAttemptLimit } from "#adapters/console/attempts";
import { FakeClock } from "../../../fakes/fake-clock";

const tries = (limit: ReturnType<typeof createAttemptLimit>, source: string, count: number) =>
  Array.from({ length: count }, () => limit.spend(source));

it("lets one address try five times, then once each half minute", async () => {
  const clock = new FakeClock();
  const limit = createAttemptLimit(clock);
  expect(tries(limit, "a", 7)).toEqual([null, null, null, null, null, 30, 30]);
  await clock.advance(29_000);
  expect(limit.spend("a")).toBe(1);
  await clock.advance(1000);
  expect(tries(limit, "a", 2)).toEqual([null, 30]);
});

it("does not make another address wait, and forgives one that knew the password", () => {
  const limit = createAttemptLimit(new FakeClock());
  tries(limit, "a", 6);
  expect(limit.spend("b")).toBeNull();
  limit.forgive("a");
  expect(limit.spend("a")).toBeNull();
});

it("limits all addresses together: many that try a little each do not get further", async () => {
  const clock = new FakeClock();
  const limit = createAttemptLimit(clock);
  const first = Array.from({ length: 31 }, (_, index) => limit.spend(`10.0.0.${index}`));
  expect(first.filter((wait) => wait === null)).toHaveLength(30);
  expect(first.at(-1)).toBe(2);
  await clock.advance(2000);
  expect(limit.spend("10.0.1.1")).toBeNull();
});

it("remembers so many addresses and no more", () => {
  const rules = { capacity: 1, refillEveryMs: 1e9 };
  const limit = createAttemptLimit(new FakeClock(), {
    perSource: rules,
    everybody: { capacity: 1e6, refillEveryMs: 1 },
    sources: 2,
  });
  expect(["a", "b", "b", "c", "a"].map((source) => limit.spend(source) === null)).toEqual([
    true,
    true,
    false,
    true,
    true,
  ]);
});
