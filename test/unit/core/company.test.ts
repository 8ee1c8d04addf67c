import { describe, expect, it } from "vitest";
import { ALONE, type Bystander, companyOf } from "#core/company";

const NOW = 10_000;
const OWN = { trackId: 1, seenAtMs: NOW, heightPx: 50 };

/** As near as whom the question is about. */
const beside = (trackId: number, changes: Partial<Bystander> = {}): Bystander => {
  return { trackId, seenAtMs: NOW, heightPx: 50, largeAtMs: NOW, isRecognised: false, ...changes };
};

it("somebody is not their own company", () => {
  expect(companyOf(OWN, [beside(1)])).toEqual(ALONE);
});

it("counts the others, and those of them whom nobody knows", () => {
  const inView = [beside(1, { isRecognised: true }), beside(2), beside(3, { isRecognised: true })];
  expect(companyOf(OWN, inView)).toEqual({ others: 2, unrecognised: 1 });
});

it("a face that was missed for a moment is still there, one unseen for more than a second is not", () => {
  const stranger = (ageMs: number) => [beside(2, { seenAtMs: NOW - ageMs, largeAtMs: NOW - ageMs })];
  expect(companyOf(OWN, stranger(1000)).unrecognised).toBe(1);
  expect(companyOf(OWN, stranger(1001))).toEqual(ALONE);
});

describe("a face too small to be judged", () => {
  const small = (heightPx: number, ageMs = 0) => [beside(2, { heightPx, seenAtMs: NOW - ageMs, largeAtMs: null })];

  it("counts where it is nearly as high as the other", () => {
    expect(companyOf(OWN, small(47)).unrecognised).toBe(1);
    expect(companyOf(OWN, small(30)).unrecognised).toBe(1);
    expect(companyOf(OWN, small(29.9))).toEqual(ALONE);
    expect(companyOf({ ...OWN, heightPx: 90 }, small(47))).toEqual(ALONE);
  });

  it("counts for a second after it was seen", () => {
    expect(companyOf(OWN, small(47, 1000)).unrecognised).toBe(1);
    expect(companyOf(OWN, small(47, 1001))).toEqual(ALONE);
  });

  it("counts, however small, for a second after it was large enough", () => {
    const stepsBack = (largeAgoMs: number) => [beside(2, { heightPx: 20, largeAtMs: NOW - largeAgoMs })];
    expect(companyOf(OWN, stepsBack(1000)).unrecognised).toBe(1);
    expect(companyOf(OWN, stepsBack(1001))).toEqual(ALONE);
  });
});
