import { describe, expect, it } from "vitest";
import { tallyOf, upperBound } from "#core/arming";

describe("the upper bound of a rate", () => {
  it("is the rule of three when nothing was seen", () => {
    for (const n of [30, 300, 3000]) expect(upperBound(0, n) * n).toBeCloseTo(3, 0);
  });

  // Exact values of the binomial, from its definition: (1 - p)^n = 0.05 for none, and tables of Clopper and Pearson.
  it.each([
    [0, 10, 0.2589],
    [1, 10, 0.3942],
    [5, 10, 0.7776],
    [0, 100, 0.0295],
    [2, 100, 0.0616],
  ])("for %i in %i is %f", (events, trials, bound) => {
    expect(upperBound(events, trials)).toBeCloseTo(bound, 3);
  });

  it("is everything when nothing was tried, or all failed", () => {
    expect(upperBound(0, 0)).toBe(1);
    expect(upperBound(4, 4)).toBe(1);
  });
});

it("labels are counted by what was decided", () => {
  const decision = (result: "grant" | "deny", label: "right" | "wrong" | "unclear" | null) => ({
    record: { result },
    label,
  });
  expect(
    tallyOf([
      decision("grant", "right"),
      decision("grant", "wrong"),
      decision("grant", null),
      decision("deny", "right"),
      decision("deny", "right"),
      decision("deny", "wrong"),
      decision("deny", "unclear"),
    ]),
  ).toEqual({ grants: 3, denials: 4, rightGrants: 1, wrongGrants: 1, rightDenials: 2, wrongDenials: 1 });
});
