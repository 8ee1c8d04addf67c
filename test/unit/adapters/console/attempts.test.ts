import { expect, it } from "vitest";
import { createAttemptLimit } from "#adapters/console/attempts";
import { FakeClock } from "../../../fakes/fake-clock";
import { MemoryAccountStore } from "../../../fakes/memory-account-store";

const open = (clock = new FakeClock(), store = new MemoryAccountStore()) => createAttemptLimit(store, clock);
const tries = (limit: ReturnType<typeof createAttemptLimit>, sources: readonly string[]) =>
  Promise.all(sources.map((source) => limit.spend(source)));
const A7 = Array.from({ length: 7 }, () => "a");

it("lets one address try five times, then once each half minute", async () => {
  const clock = new FakeClock();
  const limit = open(clock);
  expect(await tries(limit, A7)).toEqual([null, null, null, null, null, 30, 30]);
  await clock.advance(29_000);
  expect(await limit.spend("a")).toBe(1);
  await clock.advance(1000);
  expect(await tries(limit, ["a", "a"])).toEqual([null, 30]);
});

it("gives nobody new tries by a restart, nor by a clock that is set back", async () => {
  const clock = new FakeClock();
  const store = new MemoryAccountStore();
  await tries(open(clock, store), A7);
  expect(await open(clock, store).spend("a")).toBe(30);
  clock.jumpWall(-3_600_000);
  expect(await open(clock, store).spend("a")).toBe(30);
});

it("does not make another address wait, and forgives one that knew the password", async () => {
  const limit = open();
  await tries(limit, A7);
  expect(await limit.spend("b")).toBeNull();
  await limit.forgive("a");
  expect(await limit.spend("a")).toBeNull();
});

it("limits all addresses together: many that try a little each do not get further", async () => {
  const clock = new FakeClock();
  const limit = open(clock);
  const first = await tries(
    limit,
    Array.from({ length: 31 }, (_, index) => `10.0.0.${index}`),
  );
  expect(first.filter((wait) => wait === null)).toHaveLength(30);
  expect(first.at(-1)).toBe(2);
  await clock.advance(2000);
  expect(await limit.spend("10.0.1.1")).toBeNull();
});

it("remembers so many addresses and no more", async () => {
  const once = { capacity: 1, refillEveryMs: 1e9 };
  const limit = createAttemptLimit(new MemoryAccountStore(), new FakeClock(), {
    perSource: once,
    everybody: { capacity: 1e6, refillEveryMs: 1 },
    sources: 2,
  });
  const waits = await tries(limit, ["a", "b", "b", "c", "a"]);
  expect(waits.map((wait) => wait === null)).toEqual([true, true, false, true, true]);
});

it("lets nobody try while the store cannot be read", async () => {
  const store = new MemoryAccountStore();
  store.broken = true;
  await expect(open(new FakeClock(), store).spend("a")).rejects.toMatchObject({ code: "LIMEN_STORE_FAILED" });
});
