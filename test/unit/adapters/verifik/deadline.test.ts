import { getEventListeners } from "node:events";
import { describe, expect, it } from "vitest";
import { openDeadline } from "#adapters/verifik/deadline";
import { LimenError } from "#errors";
import { FakeClock, flush } from "../../../fakes/fake-clock.js";

const late = () => new LimenError("LIMEN_ENGINE_TIMEOUT", "late");
const never = () => new Promise<never>(() => {});

describe("a deadline", () => {
  it("aborts with its error when the time is up, and work is rejected at once", async () => {
    const clock = new FakeClock();
    const deadline = openDeadline({ clock, timeoutMs: 100, signals: [], late });
    const work = deadline.within(never());
    work.catch(() => {});
    await clock.advance(99);
    expect(deadline.signal.aborted).toBe(false);
    expect(deadline.leftMs()).toBe(1);
    await clock.advance(1);
    expect(deadline.signal.aborted).toBe(true);
    expect(deadline.leftMs()).toBe(0);
    await expect(work).rejects.toMatchObject({ code: "LIMEN_ENGINE_TIMEOUT" });
    await expect(deadline.within(never())).rejects.toMatchObject({ code: "LIMEN_ENGINE_TIMEOUT" });
  });

  it("passes on the reason of whichever signal comes first", async () => {
    const one = new AbortController();
    const other = new AbortController();
    const deadline = openDeadline({
      clock: new FakeClock(),
      timeoutMs: 100,
      signals: [one.signal, other.signal],
      late,
    });
    other.abort("the other");
    one.abort("the one");
    expect(deadline.signal.reason).toBe("the other");
  });

  it("is over from the start for a signal that was", () => {
    const signals = [new AbortController().signal, AbortSignal.abort("before")];
    const deadline = openDeadline({ clock: new FakeClock(), timeoutMs: 100, signals, late });
    expect(deadline.signal.reason).toBe("before");
  });

  it("says nothing any more once it is disposed of", async () => {
    const clock = new FakeClock();
    const caller = new AbortController();
    const deadline = openDeadline({ clock, timeoutMs: 100, signals: [caller.signal], late });
    deadline[Symbol.dispose]();
    await clock.advance(1000);
    caller.abort();
    await flush();
    expect(deadline.signal.aborted).toBe(false);
  });

  it("gathers no listeners over many pieces of work", async () => {
    const deadline = openDeadline({ clock: new FakeClock(), timeoutMs: 100, signals: [], late });
    for (let i = 0; i < 20; i++) await deadline.within(Promise.resolve(i));
    await flush();
    expect(getEventListeners(deadline.signal, "abort")).toEqual([]);
  });

  it("lets work that is done in time through, and rejected work be rejected", async () => {
    const deadline = openDeadline({ clock: new FakeClock(), timeoutMs: 100, signals: [], late });
    expect(await deadline.within(Promise.resolve(7))).toBe(7);
    await expect(deadline.within(Promise.reject(new Error("broken")))).rejects.toThrow("broken");
  });
});
