import { describe, expect, it } from "vitest";
import { enrolOutlineFault, enrolTemplateFault, strangerAmong } from "#core/enrolment";
import { cosineOf, meanTemplate } from "#core/template";
import { faceAt, templateOf } from "../../fakes/faces";

describe("the mean of templates", () => {
  it("is of unit length, equally near to each, with the mean norm", () => {
    const mean = meanTemplate([templateOf(0, "m", 8, 3), templateOf(1, "m", 8, 4)]);
    if (mean === null) throw new Error("there is no mean");
    expect(cosineOf(mean, mean)).toBeCloseTo(1);
    expect(cosineOf(mean, templateOf(0, "m"))).toBeCloseTo(Math.SQRT1_2);
    expect(mean).toMatchObject({ modelId: "m", norm: 3.5 });
  });

  it("is nothing for no templates and for those that cancel each other out", () => {
    const against = { ...templateOf(0), values: templateOf(0).values.map((value) => -value) };
    expect(meanTemplate([])).toBeNull();
    expect(meanTemplate([templateOf(0), against])).toBeNull();
  });
});

describe("who may be enrolled", () => {
  it("is judged by size, turn and norm, and by what is no number", () => {
    expect(enrolOutlineFault(faceAt(0, 0, 64))).toBeNull();
    expect(enrolOutlineFault(faceAt(0, 0, 63))).toBe("too_small");
    expect(enrolOutlineFault(faceAt(0, 0, Number.NaN))).toBe("too_small");
    expect(enrolOutlineFault(faceAt(0, 0, 100, { yaw: 0.31 }))).toBe("turned_away");
    expect(enrolOutlineFault(faceAt(0, 0, 100, { yaw: Number.NaN }))).toBe("turned_away");
    expect(enrolTemplateFault(templateOf(0, "m", 8, 3.2), 3)).toBeNull();
    expect(enrolTemplateFault(templateOf(0, "m", 8, 3.19), 3)).toBe("weak_template");
    expect(enrolTemplateFault(templateOf(0, "m", 8, Number.NaN), 3)).toBe("weak_template");
  });

  it("must be one person in all pictures", () => {
    expect(strangerAmong([templateOf(0)], 0.5)).toBeNull();
    expect(strangerAmong([templateOf(0), templateOf(0)], 0.5)).toBeNull();
    expect(strangerAmong([templateOf(0), templateOf(0), templateOf(1)], 0.5)).toBe(2);
  });
});
