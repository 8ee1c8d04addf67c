import { describe, expect, it } from "vitest";
import { enveloped, longDateTime, naiveMicroseconds } from "#adapters/http/answer";
import { instant } from "#core/instant";

describe("how answers write times", () => {
  it("is the contract's", () => {
    const at = instant(Date.UTC(2023, 8, 29, 23, 55, 2, 306));
    expect(longDateTime(at)).toBe("September 29, 2023 11:55 PM");
    expect(naiveMicroseconds(at)).toBe("2023-09-29T23:55:02.306000");
  });

  it("has no zero and no twenty-four at midnight and noon", () => {
    expect(longDateTime(instant(Date.UTC(2024, 0, 1, 0, 5)))).toBe("January 1, 2024 12:05 AM");
    expect(longDateTime(instant(Date.UTC(2024, 0, 1, 12, 0)))).toBe("January 1, 2024 12:00 PM");
  });
});

it("every answer has an id of its own", () => {
  const ids = Array.from({ length: 200 }, () => enveloped(null, instant(0)).id);
  expect(ids.every((id) => /^[a-z0-9]{5}$/.test(id))).toBe(true);
  expect(new Set(ids).size).toBeGreaterThan(195);
});
