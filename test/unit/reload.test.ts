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
    expect(plan.restarts).toEqual(["mqtt.url"]);
    expect(planLines(plan)).toContain("~ doors.front.mode: a -> b (at once)");
    expect(planLines(plan).at(-1)).toContain("open anew, because of mqtt.url");
  });

  it("of one door's and one camera's own keys names these, and nothing else opens anew", () => {
    const plan = planReload([
      change("doors.back.controller.pulse", "restart-part"),
      change("doors.side", "restart-part", null),
      change("cameras.yard.rtsp", "restart-part"),
      change("doors.front.mode", "live"),
    ]);
    expect(plan.restarts).toEqual([]);
    expect(plan.touched).toEqual({ doors: new Set(["back", "side"]), cameras: new Set(["yard"]) });
    expect(planLines(plan).at(-1)).toBe(
      "only this opens anew: door back side, camera yard; nobody at another door notices",
    );
  });

  it("of a door's key and one of everybody's opens everything", () => {
    const plan = planReload([change("doors.back.camera", "restart-part"), change("mqtt.prefix", "restart-part")]);
    expect(plan.restarts).toEqual(["mqtt.prefix"]);
    expect(planLines(plan).at(-1)).toContain("all cameras, doors and connections open anew, because of mqtt.prefix");
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
