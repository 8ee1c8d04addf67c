import { getEventListeners } from "node:events";
import { describe, expect, it } from "vitest";
import { FakeClock } from "../../fakes/fake-clock";

describe("a sleeper of the fake clock", () => {
  // Node keeps a combined signal, and all that its listeners know, for as long as one of them stays: aborted or not.
  it("listens to nobody's signal any more once it was woken by it", async () => {
    const stop = new AbortController();
    const both = AbortSignal.any([stop.signal]);
    const asleep = new FakeClock().sleep(100, both);
    expect(getEventListeners(both, "abort")).toHaveLength(1);
    stop.abort();
    await expect(asleep).rejects.toThrow();
    expect(getEventListeners(both, "abort")).toEqual([]);
  });

  it("nor once its time has come", async () => {
    const clock = new FakeClock();
    const { signal } = new AbortController();
    const asleep = clock.sleep(100, signal);
    await clock.advance(100);
    await asleep;
    expect(getEventListeners(signal, "abort")).toEqual([]);
  });
});
