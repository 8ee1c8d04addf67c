import { expect, it } from "vitest";
import { outlineFault, type QualityRules, templateFault } from "#core/face";
import { faceAt, frameAt, templateOf } from "../../fakes/faces";

const RULES: QualityRules = { minFacePx: 48, maxYaw: 0.25, minSharpness: 5, minNorm: 3, zone: [] };
const outline = (changes: Parameters<typeof faceAt>[3], height = 100) =>
  outlineFault(faceAt(100, 80, height, changes), frameAt(0), RULES);

it("a good face is evidence", () => {
  expect(outline({})).toBeNull();
  expect(templateFault(templateOf(0), RULES)).toBeNull();
});

it.each([
  ["turned_away", { yaw: 0.26 }],
  ["turned_away", { yaw: Number.NaN }],
  ["blurred", { sharpness: 4 }],
  ["blurred", { sharpness: Number.NaN }],
] as const)("a face is not: %s %j", (fault, changes) => {
  expect(outline(changes)).toBe(fault);
});

it("nor is one whose size or norm is small, or no number", () => {
  expect(outline({}, 47)).toBe("too_small");
  expect(outline({}, Number.NaN)).toBe("too_small");
  expect(templateFault({ ...templateOf(0), norm: 2.9 }, RULES)).toBe("weak_template");
  expect(templateFault({ ...templateOf(0), norm: Number.NaN }, RULES)).toBe("weak_template");
});
