import { expect, it } from "vitest";
import { warningsOf } from "#core/readiness";

it("names the door and what to do, once for each concern", () => {
  const warnings = warningsOf({ front: { concerns: ["no_pulse", "retained_command"] }, back: { concerns: [] } });
  expect(warnings).toHaveLength(2);
  expect(warnings[0]).toMatch(/^the controller of door front does not end its pulse by itself/);
  expect(warnings[1]).toMatch(/Delete it/);
});
