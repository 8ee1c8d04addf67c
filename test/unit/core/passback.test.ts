import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { instant } from "#core/instant";
import { forgottenOf, isInside, NO_PASSBACK, type PassbackPolicy, passageOf, type Stay } from "#core/passback";

const HOUR = 3_600_000;
const NOON = instant(Date.UTC(2026, 0, 15, 12));
const IN: PassbackPolicy = { mode: "hard", resetMs: 12 * HOUR, enters: "house", leaves: null };
const OUT: PassbackPolicy = { mode: "hard", resetMs: 12 * HOUR, enters: null, leaves: "house" };
const stay = (changes: Partial<Stay> = {}): Stay => ({ personId: "ada", area: "house", since: NOON, ...changes });

describe("who is inside", () => {
  it("is who entered that area and did not leave it", () => {
    expect(isInside(IN, [stay()], "ada", NOON)).toBe(true);
    expect(isInside(IN, [stay()], "ben", NOON)).toBe(false);
    expect(isInside(IN, [stay({ area: "lab" })], "ada", NOON)).toBe(false);
    expect(isInside(IN, [], "ada", NOON)).toBe(false);
    expect(isInside(IN, [stay()], undefined, NOON)).toBe(false);
  });

  it("is nobody for a door that only leads out: the way out is refused to nobody", () => {
    expect(isInside(OUT, [stay()], "ada", NOON)).toBe(false);
    expect(isInside(NO_PASSBACK, [stay()], "ada", NOON)).toBe(false);
  });

  it("is forgotten after the reset, and not before, however far the clock was set back", () => {
    fc.assert(
      fc.property(fc.integer({ min: -1e12, max: 1e12 }), (ms) => {
        expect(isInside(IN, [stay()], "ada", instant(NOON + ms))).toBe(ms < 12 * HOUR);
      }),
    );
  });
});

it("a stay that no door counts any more need not be kept", () => {
  const late = instant(NOON + 12 * HOUR);
  const young = stay({ personId: "ben", since: late });
  const elsewhere = stay({ personId: "cleo", area: "lab", since: late });
  expect(forgottenOf([IN, OUT], [stay(), young, elsewhere], late)).toEqual([stay(), elsewhere]);
  expect(forgottenOf([{ ...IN, resetMs: 13 * HOUR }, IN], [stay(), young], late)).toEqual([]);
  expect(forgottenOf([{ ...IN, mode: "off" }], [young], late)).toEqual([young]);
});

describe("passing a door", () => {
  it("begins a stay where it leads and ends the one it leads out of", () => {
    expect(passageOf(IN, "ada", NOON)).toEqual({ begins: stay(), leaves: null });
    expect(passageOf(OUT, "ada", NOON)).toEqual({ begins: null, leaves: "house" });
    const between: PassbackPolicy = { ...IN, enters: "lab", leaves: "house" };
    expect(passageOf(between, "ada", NOON)).toEqual({ begins: stay({ area: "lab" }), leaves: "house" });
  });

  it("is not remembered where nobody asked for it", () => {
    expect(passageOf({ ...IN, mode: "off" }, "ada", NOON)).toEqual({ begins: null, leaves: null });
  });
});
