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
  it("touches the parts that changed and leaves the rest alone", () => {
    const plan = planReload([
      change("doors.front.mode", "live"),
      change("doors.back.controller.pulse", "restart-part"),
      change("cameras.yard", "restart-part", null),
      change("api.listen", "restart-part"),
    ]);
    expect(plan).toMatchObject({ cameras: ["yard"], doors: ["back"], servers: ["api"], everything: [] });
    expect(plan.live.map(({ path }) => path)).toEqual(["doors.front.mode"]);
    expect(planLines(plan)).toEqual([
      "~ doors.front.mode: a -> b (at once)",
      "~ doors.back.controller.pulse: a -> b (opens anew)",
      "+ cameras.yard: b (opens anew)",
      "~ api.listen: a -> b (opens anew)",
      "opens anew: camera yard, door back, the API; the rest goes on",
    ]);
  });

  it.each(["mqtt.url", "site.data_dir", "search.engine", "faces.models", "something.new"])(
    "opens everything anew for %s",
    (path) => {
      const plan = planReload([change(path, "restart-part")]);
      expect(plan.everything).toEqual([path]);
      expect(planLines(plan).at(-1)).toContain(`everything opens anew, because of ${path}`);
    },
  );

  it("says that a secret changed, and not into what", () => {
    const plan = planReload([change("mqtt.password", "restart-part", "!secret broker", "!secret broker")]);
    expect(planLines(plan)[0]).toBe("~ mqtt.password: another secret (opens anew)");
  });

  it("of nothing says so", () => expect(planLines(planReload([]))).toEqual(["nothing has changed"]));
});
