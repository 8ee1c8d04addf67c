import { expect, it } from "vitest";
import { firstOf, marginOf } from "#core/support";
import { evidenceAt } from "../../fakes/situations";

it("the margin counts a person who is missing as nothing", () => {
  expect(marginOf({ engine: "local", candidates: [] })).toBe(0);
  expect(marginOf({ engine: "local", candidates: [{ personId: "ada", score: 0.9 }] })).toBe(0.9);
});

it("somebody is first only where every engine says so", () => {
  const ada = evidenceAt(1, [["ada", 0.9]]);
  const [answer] = ada.answers;
  expect(firstOf(ada)).toBe("ada");
  expect(firstOf({ ...ada, answers: [] })).toBeNull();
  const other = { engine: "verifik" as const, candidates: [{ personId: "ben", score: 0.9 }] };
  expect(answer && firstOf({ ...ada, answers: [answer, other] })).toBeNull();
});
