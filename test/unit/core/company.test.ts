import { expect, it } from "vitest";
import { ALONE, companyOf } from "#core/company";

const NOW = 10_000;

it("somebody is not their own company", () => {
  expect(companyOf(1, NOW, [{ trackId: 1, seenAtMs: NOW, isRecognised: false }])).toEqual(ALONE);
});

it("counts the others, and those of them whom nobody knows", () => {
  const inView = [
    { trackId: 1, seenAtMs: NOW, isRecognised: true },
    { trackId: 2, seenAtMs: NOW, isRecognised: false },
    { trackId: 3, seenAtMs: NOW, isRecognised: true },
  ];
  expect(companyOf(1, NOW, inView)).toEqual({ others: 2, unrecognised: 1 });
});

it("a face that was missed for a moment is still there, one unseen for more than a second is not", () => {
  const stranger = (ageMs: number) => [{ trackId: 2, seenAtMs: NOW - ageMs, isRecognised: false }];
  expect(companyOf(1, NOW, stranger(1000)).unrecognised).toBe(1);
  expect(companyOf(1, NOW, stranger(1001))).toEqual(ALONE);
});
