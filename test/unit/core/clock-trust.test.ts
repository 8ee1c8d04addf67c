import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { clockAtStart, clockFault, clockSeen } from "#core/clock-trust";
import { instant } from "#core/instant";

const START = instant(Date.UTC(2026, 0, 15, 12));
const MADE = instant(Date.UTC(2026, 0, 1));
/** Both clocks, so long after the start, the wall clock off by so much. */
const moment = (afterMs: number, offMs = 0) => ({ nowMs: 1000 + afterMs, now: instant(START + afterMs + offMs) });
const atStart = clockAtStart(moment(0), MADE);

describe("a wall clock", () => {
  it("is trusted while it goes on with the monotonic one", () => {
    let trust = atStart;
    for (let ms = 0; ms < 600_000; ms += 10_000) {
      trust = clockSeen(trust, moment(ms));
      expect(clockFault(trust, moment(ms))).toBeNull();
    }
  });

  it.each([61_000, -61_000, 1e11, -3e8])("is doubted for five minutes after a jump of %i ms", (offMs) => {
    const trust = clockSeen(atStart, moment(10_000, offMs));
    expect(clockFault(trust, moment(10_000, offMs))).toBe("jumped");
    expect(clockFault(trust, moment(309_999, offMs))).toBe("jumped");
    expect(clockFault(clockSeen(trust, moment(310_000, offMs)), moment(310_000, offMs))).toBeNull();
  });

  it("is doubted anew when it jumps back", () => {
    const there = clockSeen(atStart, moment(10_000, 100_000));
    const back = clockSeen(there, moment(200_000, 0));
    expect(clockFault(back, moment(400_000))).toBe("jumped");
    expect(clockFault(back, moment(500_000))).toBeNull();
  });

  it("may be corrected by less than a minute, and may be slewed as far as it likes, slowly", () => {
    expect(clockFault(clockSeen(atStart, moment(10_000, 59_000)), moment(10_000, 59_000))).toBeNull();
    let trust = atStart;
    for (let ms = 0; ms < 400_000_000; ms += 100_000) {
      trust = clockSeen(trust, moment(ms, ms * 0.0005));
      expect(clockFault(trust, moment(ms, ms * 0.0005))).toBeNull();
    }
  });

  it("is wrong while it shows a time before the program or the newest decision, and right from then on", () => {
    const slow = clockAtStart({ nowMs: 0, now: instant(0) }, MADE);
    expect(clockFault(slow, { nowMs: 0, now: instant(0) })).toBe("too_early");
    expect(clockFault(slow, { nowMs: 1e9, now: instant(1e9) })).toBe("too_early");
    // Set right: that is a jump too.
    const right = clockSeen(slow, moment(0));
    expect(clockFault(right, moment(0))).toBe("jumped");
    expect(clockFault(right, moment(300_000))).toBeNull();
  });

  it("is never trusted within five minutes of a jump that two looks show, whatever came before", () => {
    const look = fc.record({
      waitMs: fc.integer({ min: 0, max: 100_000 }),
      jumpMs: fc.constantFrom(0, 0, 0, 300_000, -500_000),
    });
    fc.assert(
      fc.property(fc.array(look, { maxLength: 30 }), (looks) => {
        let trust = atStart;
        let [afterMs, offMs, jumpedMs] = [0, 0, Number.NEGATIVE_INFINITY];
        for (const { waitMs, jumpMs } of looks) {
          afterMs += waitMs;
          offMs += jumpMs;
          if (jumpMs !== 0) jumpedMs = afterMs;
          trust = clockSeen(trust, moment(afterMs, offMs));
          const fault = clockFault({ ...trust, earliest: instant(0) }, moment(afterMs, offMs));
          expect(fault).toBe(afterMs - jumpedMs < 300_000 ? "jumped" : null);
        }
      }),
    );
  });
});
