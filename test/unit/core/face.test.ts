import { expect, it } from "vitest";
import { isBorderline, outlineFault, type QualityRules, templateFault } from "#core/face";
import { faceAt, frameAt, templateOf } from "../../fakes/faces";

const RULES: QualityRules = {
  ...{ minFacePx: 48, maxYaw: 0.25, minSharpness: 5, minNorm: 3, zone: [] },
  borderline: null,
};
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

it("a face on the border counts where the rules have one, and is told from a clear one", () => {
  const rules: QualityRules = { ...RULES, borderline: { maxYaw: 0.4, minNorm: 2.4 } };
  const judged = (yaw: number, norm: number) => {
    const face = faceAt(100, 80, 100, { yaw });
    const template = { ...templateOf(0), norm };
    const fault = outlineFault(face, frameAt(0), rules) ?? templateFault(template, rules);
    return fault ?? (isBorderline(face, template, rules) ? "borderline" : "clear");
  };
  expect(judged(0.25, 3)).toBe("clear");
  expect(judged(0.26, 3)).toBe("borderline");
  expect(judged(0.25, 2.9)).toBe("borderline");
  expect(judged(0.4, 2.4)).toBe("borderline");
  expect(judged(0.41, 3)).toBe("turned_away");
  expect(judged(0.05, 2.39)).toBe("weak_template");
  expect(judged(Number.NaN, 3)).toBe("turned_away");
  expect(judged(0.05, Number.NaN)).toBe("weak_template");
});

it("a border that is narrower than the rules themselves changes nothing", () => {
  const rules: QualityRules = { ...RULES, borderline: { maxYaw: 0.1, minNorm: 5 } };
  expect(outlineFault(faceAt(100, 80, 100, { yaw: 0.25 }), frameAt(0), rules)).toBeNull();
  expect(outlineFault(faceAt(100, 80, 100, { yaw: 0.26 }), frameAt(0), rules)).toBe("turned_away");
  expect(templateFault({ ...templateOf(0), norm: 3 }, rules)).toBeNull();
  expect(templateFault({ ...templateOf(0), norm: 2.9 }, rules)).toBe("weak_template");
});
