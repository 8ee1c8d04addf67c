import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { instant } from "#core/instant";
import {
  afterGrant,
  afterRefusal,
  isLockedOut,
  keptOf,
  type LockOut,
  NO_LOCK_OUT,
  DEFAULT_LOCK_OUT as RULE,
  restoredFrom,
} from "#core/lock-out";

/** The lock-out after refusals at these times. */
const refusedAt = (...times: number[]): LockOut =>
  times.reduce((lockOut, atMs) => afterRefusal(lockOut, RULE, atMs), NO_LOCK_OUT);

describe("a lock-out", () => {
  it("begins with the fifth refusal in a minute and ends after half a minute", () => {
    expect(isLockedOut(refusedAt(0, 10_000, 20_000, 30_000), 30_000)).toBe(false);
    const locked = refusedAt(0, 10_000, 20_000, 30_000, 60_000);
    expect(isLockedOut(locked, 60_000)).toBe(true);
    expect(isLockedOut(locked, 89_999)).toBe(true);
    expect(isLockedOut(locked, 90_000)).toBe(false);
  });

  it("does not begin when the first of five was longer ago", () => {
    expect(isLockedOut(refusedAt(0, 10_000, 20_000, 30_000, 60_001), 60_001)).toBe(false);
  });

  it("is twice as long each time, never longer than the longest, and a first one again after a grant", () => {
    let lockOut = NO_LOCK_OUT;
    const lengths: number[] = [];
    for (let nowMs = 0, i = 0; i < 7; i++) {
      for (let j = 0; j < 5; j++) lockOut = afterRefusal(lockOut, RULE, nowMs);
      lengths.push(lockOut.lengthMs);
      nowMs = (lockOut.untilMs ?? 0) + 1;
    }
    expect(lengths).toEqual([30_000, 60_000, 120_000, 240_000, 480_000, 600_000, 600_000]);
    lockOut = afterGrant(lockOut);
    for (let j = 0; j < 5; j++) lockOut = afterRefusal(lockOut, RULE, 1e9);
    expect(lockOut.lengthMs).toBe(30_000);
  });

  it("hides no refusal behind a resident's grant", () => {
    const lockOut = afterRefusal(afterGrant(refusedAt(0, 1, 2, 3)), RULE, 4);
    expect(isLockedOut(lockOut, 4)).toBe(true);
  });

  it("is not prolonged by refusals during it", () => {
    const locked = refusedAt(0, 0, 0, 0, 0);
    expect(afterRefusal(locked, RULE, 10)).toBe(locked);
  });

  it("never happens where it is switched off", () => {
    const off = { ...RULE, refusals: 0 };
    let lockOut = NO_LOCK_OUT;
    for (let i = 0; i < 50; i++) lockOut = afterRefusal(lockOut, off, i);
    expect(lockOut).toBe(NO_LOCK_OUT);
  });

  it("whatever happens, is there exactly when the rule says so (told the long way)", () => {
    const rule = { refusals: 3, withinMs: 100, firstMs: 50, longestMs: 300 };
    const step = fc.record({
      waitMs: fc.integer({ min: 0, max: 120 }),
      is: fc.constantFrom("refusal", "grant", "look"),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        let lockOut = NO_LOCK_OUT;
        let nowMs = 1000;
        /** Every lock-out so far, and the refusals that no lock-out has used up. */
        const spans: { from: number; to: number }[] = [];
        let open: number[] = [];
        let sinceGrant = 0;
        for (const { waitMs, is } of steps) {
          nowMs += waitMs;
          const now = nowMs;
          const isShut = spans.some(({ from, to }) => from <= now && now < to);
          expect(isLockedOut(lockOut, now)).toBe(isShut);
          if (is === "refusal") {
            lockOut = afterRefusal(lockOut, rule, now);
            if (isShut) continue;
            open.push(now);
            if (open.filter((atMs) => atMs >= now - rule.withinMs).length < rule.refusals) continue;
            let length = rule.firstMs;
            for (let i = 0; i < sinceGrant; i++) length = Math.min(rule.longestMs, length * 2);
            spans.push({ from: now, to: now + length });
            sinceGrant++;
            open = [];
          } else if (is === "grant" && !isShut) {
            lockOut = afterGrant(lockOut);
            sinceGrant = 0;
          }
        }
      }),
      { numRuns: 1000 },
    );
  });
});

describe("a kept lock-out", () => {
  const nowMs = 500_000;
  const now = instant(Date.UTC(2026, 0, 15, 12));
  const kept = keptOf(refusedAt(nowMs, nowMs, nowMs, nowMs, nowMs), { nowMs, now });
  const left = (lockOut: LockOut, atMs: number): number => (lockOut.untilMs ?? atMs) - atMs;

  it("goes on after a restart, on another monotonic clock, where it was", () => {
    const later = { nowMs: 7, now: instant(now + 10_000) };
    const restored = restoredFrom(kept, later, true);
    expect(left(restored, 7)).toBe(20_000);
    expect(restored.inARow).toBe(1);
    expect(left(restoredFrom(kept, { nowMs: 7, now: instant(now + 31_000) }, true), 7)).toBe(0);
  });

  it("keeps the refusals that count towards the next one", () => {
    const four = keptOf(refusedAt(nowMs - 30, nowMs - 20, nowMs - 10, nowMs), { nowMs, now });
    const restored = restoredFrom(four, { nowMs: 3, now: instant(now + 1000) }, true);
    expect(isLockedOut(restored, 3)).toBe(false);
    expect(isLockedOut(afterRefusal(restored, RULE, 3), 3)).toBe(true);
  });

  it("lasts its full length by a clock that is not trusted, and nothing where there was none", () => {
    expect(left(restoredFrom(kept, { nowMs: 7, now: instant(now + 1e12) }, false), 7)).toBe(30_000);
    const none = keptOf(NO_LOCK_OUT, { nowMs, now });
    expect(restoredFrom(none, { nowMs: 7, now: instant(0) }, false)).toEqual(NO_LOCK_OUT);
  });

  it("is never longer than its own length, and loses no refusal, however the clock was set", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -1e12, max: 1e12 }),
        fc.boolean(),
        fc.integer({ min: 0, max: 1e9 }),
        (jump, ok, atMs) => {
          const restored = restoredFrom(kept, { nowMs: atMs, now: instant(now + jump) }, ok);
          expect(left(restored, atMs)).toBeGreaterThanOrEqual(0);
          expect(left(restored, atMs)).toBeLessThanOrEqual(30_000);
          if (jump <= 0) expect(left(restored, atMs)).toBe(30_000);
          const four = { ...kept, until: null, refusedAt: [now, now, now, now] };
          for (const refused of restoredFrom(four, { nowMs: atMs, now: instant(now + jump) }, ok).refusedAtMs)
            expect(refused).toBeLessThanOrEqual(atMs);
        },
      ),
    );
  });
});
