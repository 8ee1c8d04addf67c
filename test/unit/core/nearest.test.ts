import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { editDistance, nearest } from "#core/nearest";

describe("nearest", () => {
  it.each([
    ["rtps", ["rtsp", "username", "password"], "rtsp"],
    ["collections", ["camera", "collection", "controller"], "collection"],
    ["data-dir", ["name", "data_dir"], "data_dir"],
    ["Camera", ["camera", "collection"], "camera"],
    ["chekc", ["check", "run", "demo"], "check"],
    ["xyz", ["check", "run", "demo"], null],
    ["", ["a"], null],
    ["on", ["of", "agree"], null],
  ])("finds for %j in %j: %j", (word, candidates, expected) => {
    expect(nearest(word, candidates)).toBe(expected);
  });

  it("finds a word again after any single slip", () => {
    const word = fc.stringMatching(/^[a-z]{4,12}$/);
    fc.assert(
      fc.property(word, fc.nat(), fc.stringMatching(/^[a-z]$/), (meant, position, letter) => {
        const at = position % meant.length;
        const slips = [
          meant.slice(0, at) + meant.slice(at + 1),
          meant.slice(0, at) + letter + meant.slice(at),
          meant.slice(0, at) + letter + meant.slice(at + 1),
        ];
        for (const slip of slips) expect(nearest(slip, [meant, "00000000000000000000"])).toBe(meant);
      }),
    );
  });
});

describe("editDistance", () => {
  const word = fc.string({ maxLength: 12 });

  it("is 0 for equal words only, and the same both ways", () => {
    fc.assert(
      fc.property(word, word, (a, b) => {
        expect(editDistance(a, b)).toBe(editDistance(b, a));
        expect(editDistance(a, b) === 0).toBe(a === b);
        expect(editDistance(a, b)).toBeLessThanOrEqual(Math.max(a.length, b.length));
      }),
    );
  });

  it("counts a swap of neighbours once", () => {
    expect(editDistance("ab", "ba")).toBe(1);
    expect(editDistance("rtps", "rtsp")).toBe(1);
    expect(editDistance("kitten", "sitting")).toBe(3);
  });
});
