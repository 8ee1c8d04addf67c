import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  exitPressed,
  isKnownShut,
  type LockState,
  lockAtStart,
  openingBegun,
  openingEnded,
  relockedAfter,
} from "#core/interlock";

const PULSE = 3000;
const SHUT: LockState = { underWay: 0, awaited: null, untilMs: 0 };
const isShut = (lock: LockState, nowMs: number): boolean => isKnownShut(lock, true, nowMs);

describe("a lock is not known to be shut", () => {
  it("while its controller is away, whatever it did before", () => {
    expect(isKnownShut(SHUT, false, 1e9)).toBe(false);
    expect(isShut(SHUT, 1e9)).toBe(true);
  });

  it("just after the start: whoever ran before may have opened it", () => {
    expect(isShut(lockAtStart(100, PULSE), 100)).toBe(false);
    expect(isShut(lockAtStart(100, PULSE), 5099)).toBe(false);
    expect(isShut(lockAtStart(100, PULSE), 5100)).toBe(true);
  });

  it("while an opening is under way, until each of several has come to its end", () => {
    const two = openingBegun(openingBegun(SHUT));
    expect(isShut(two, 1e9)).toBe(false);
    const one = openingEnded(two, null, 10, PULSE);
    expect(isShut(one, 1e9)).toBe(false);
    expect(isShut(openingEnded(one, null, 10, PULSE), 10)).toBe(true);
    expect(openingEnded(SHUT, null, 10, PULSE)).toEqual(SHUT);
  });

  it("after a command, until its controller says that it has relocked, or the pulse is over for certain", () => {
    const released = openingEnded(openingBegun(SHUT), "c1", 1000, PULSE);
    expect(isShut(released, 5999)).toBe(false);
    expect(isShut(released, 6000)).toBe(true);
    expect(isShut(relockedAfter(released, "c1", 4000), 4000)).toBe(true);
  });

  it("by word about another command, an older one or none", () => {
    const released = openingEnded(openingBegun(SHUT), "c2", 1000, PULSE);
    expect(isShut(relockedAfter(released, "c1", 1100), 1100)).toBe(false);
    expect(relockedAfter(SHUT, "c1", 1100)).toBe(SHUT);
  });

  it("after the exit button was pressed, for as long as any controller may release it", () => {
    const pressed = exitPressed(SHUT, "p1", 1000);
    expect(isShut(pressed, 62_999)).toBe(false);
    expect(isShut(relockedAfter(pressed, "p1", 9000), 9000)).toBe(true);
    // A press during a command's pulse: the command's end is not the end.
    const both = exitPressed(openingEnded(openingBegun(SHUT), "c1", 900, PULSE), "p1", 1000);
    expect(isShut(relockedAfter(both, "c1", 4000), 4000)).toBe(false);
  });
});

it("whatever is heard in whatever order, a lock released less than a pulse ago is never known to be shut without its own word", () => {
  const step = fc.record({
    waitMs: fc.integer({ min: 0, max: 4000 }),
    is: fc.constantFrom("begin", "nothing", "released", "press", "old word"),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      let lock = SHUT;
      let nowMs = 0;
      let releasedAtMs = Number.NEGATIVE_INFINITY;
      let ids = 0;
      for (const { waitMs, is } of steps) {
        nowMs += waitMs;
        if (is === "begin") lock = openingBegun(lock);
        if (is === "nothing") lock = openingEnded(lock, null, nowMs, PULSE);
        if (is === "released") lock = openingEnded(lock, `c${++ids}`, nowMs, PULSE);
        if (is === "press") lock = exitPressed(lock, `c${++ids}`, nowMs);
        if (is === "old word") lock = relockedAfter(lock, `c${ids - 1}`, nowMs);
        if (is === "released" || is === "press") releasedAtMs = nowMs;
        if (nowMs - releasedAtMs < PULSE) expect(isShut(lock, nowMs)).toBe(false);
      }
    }),
    { numRuns: 1000 },
  );
});
