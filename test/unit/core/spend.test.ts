import { expect, it } from "vitest";
import { instant } from "#core/instant";
import { capReached, periodsAt } from "#core/spend";

const at = (iso: string) => instant(Date.parse(iso));

it("counts days and months as they are at the site, minutes as they are in UTC", () => {
  expect(periodsAt(at("2026-01-31T23:30:59Z"), "Europe/Berlin")).toEqual({
    minute: "2026-01-31T23:30Z",
    day: "2026-02-01",
    month: "2026-02",
  });
  expect(periodsAt(at("2026-02-01T04:30:00Z"), "America/Bogota")).toMatchObject({
    day: "2026-01-31",
    month: "2026-01",
  });
});

it("has two different minutes where the clock of the site shows the same one twice", () => {
  const [first, second] = ["2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"].map((iso) =>
    periodsAt(at(iso), "Europe/Berlin"),
  );
  expect(first?.minute).not.toBe(second?.minute);
  expect(first?.day).toBe(second?.day);
});

it("has no room once a cap is reached, and names the longest", () => {
  const none = { minute: null, day: null, month: null };
  const counts = { minute: 5, day: 50, month: 500 };
  expect(capReached(counts, none)).toBeNull();
  expect(capReached(counts, { ...none, minute: 6 })).toBeNull();
  expect(capReached(counts, { ...none, minute: 5 })).toBe("minute");
  expect(capReached(counts, { minute: 5, day: 51, month: 500 })).toBe("month");
});
