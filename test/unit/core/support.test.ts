import { describe, expect, it } from "vitest";
import { stricter } from "#core/decision-rules";
import { firstOf, leaderOf, marginOf, supportOf } from "#core/support";
import { LOCAL_SEARCH_BUDGET } from "#core/throttle";
import { type Evidence, openVisit } from "#core/visit";
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

describe("a borderline frame", () => {
  const thresholds = { local: 0.83, verifik: 0.85 };
  const rules = { agree: 2, of: 3, windowMs: 2000, margin: 0.06, borderlineExtra: 0.02 };
  const supports = (score: number, isBorderline: boolean, changes = {}): boolean =>
    supportOf("ada", [{ ...evidenceAt(1, [["ada", score]]), isBorderline }], thresholds, { ...rules, ...changes })
      .length > 0;

  it("supports only who is clearly over the threshold", () => {
    expect(supports(0.83, false)).toBe(true);
    expect(supports(0.83, true)).toBe(false);
    expect(supports(0.8499, true)).toBe(false);
    expect(supports(0.85, true)).toBe(true);
    expect(supports(Number.NaN, true)).toBe(false);
  });

  it("needs more of somebody with a look-alike", () => {
    expect(supports(0.86, true, stricter(rules))).toBe(false);
    expect(supports(0.87, true, stricter(rules))).toBe(true);
  });

  it("takes its place among the newest, so that weak pictures cannot be tried until two of them fit", () => {
    const weak = (atMs: number): Evidence => ({ ...evidenceAt(atMs, [["ada", 0.84]]), isBorderline: true });
    const good = (atMs: number): Evidence => ({ ...evidenceAt(atMs, [["ada", 0.86]]), isBorderline: true });
    const leader = (...evidence: readonly Evidence[]) =>
      leaderOf({ ...openVisit(1, 0, LOCAL_SEARCH_BUDGET), evidence }, thresholds, () => rules);
    expect(leader(good(1), weak(2), weak(3), good(4))).toBeNull();
    expect(leader(weak(1), good(2), weak(3), good(4))).toBe("ada");
  });

  it("is a clear one where nothing is said of it, as in what was recorded before there were any", () => {
    expect(supportOf("ada", [evidenceAt(1, [["ada", 0.83]])], thresholds, rules)).toHaveLength(1);
  });
});
