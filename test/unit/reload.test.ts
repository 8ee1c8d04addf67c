import { describe, expect, it } from "vitest";
import type { Change } from "#config/diff";
import { planLines, planReload } from "#reload";

const change = (
  path: string,
  takes: Change["takes"],
  before: string | null = "a",
  after: string | null = "b",
): Change => {
  return { path, before, after, takes };
};

describe("a plan for a reload", () => {
  it("of what may change live opens nothing anew", () => {
    const plan = planReload([change("doors.front.mode", "live"), change("schedules.day", "live", null)]);
    expect(plan.restarts).toEqual([]);
    expect(planLines(plan)).toEqual([
      "~ doors.front.mode: a -> b (at once)",
      "+ schedules.day: b (at once)",
      "nothing opens anew: whoever stands at a door notices nothing",
    ]);
  });

  it("of anything else says what for", () => {
    const plan = planReload([change("doors.front.mode", "live"), change("mqtt.url", "restart-part")]);
    expect(plan).toMatchObject({ restarts: ["mqtt.url"], live: [{ path: "doors.front.mode" }] });
    expect(planLines(plan).at(-1)).toContain("open anew, because of mqtt.url");
  });

  it("says that a secret changed, and not into what; and what is gone", () => {
    const plan = planReload([
      change("mqtt.password", "restart-part", "!secret broker", "!secret broker"),
      change("doors.back", "restart-part", "{}", null),
    ]);
    expect(planLines(plan).slice(0, 2)).toEqual([
      "~ mqtt.password: another secret (opens anew)",
      "- doors.back (opens anew)",
    ]);
  });

  it("of nothing says so", () => expect(planLines(planReload([]))).toEqual(["nothing has changed"]));
});
