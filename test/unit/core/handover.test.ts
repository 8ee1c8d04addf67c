import { describe, expect, it } from "vitest";
import { DEFAULT_DECISION_RULES as RULES } from "#core/decision-rules";
import { isSomebodyElse, takeOver } from "#core/handover";
import { LOCAL_SEARCH_BUDGET as BUDGET } from "#core/throttle";
import { addEvidence, openVisit, spendSearch, type Visit } from "#core/visit";
import { evidenceAt } from "../../fakes/situations";

const THRESHOLDS = { local: 0.83, verifik: 0.85 };
const frame = (atMs: number, ...scores: [string, number][]) => evidenceAt(atMs, scores);
const visitWith = (...frames: ReturnType<typeof frame>[]): Visit =>
  frames.reduce(
    (visit, evidence) => addEvidence(spendSearch(visit, BUDGET, evidence.capturedAtMs) ?? visit, evidence),
    openVisit(3, 0, BUDGET),
  );

describe("somebody else is on a track", () => {
  const ada = visitWith(frame(100, ["ada", 0.9]));
  it.each<[string, Visit, ReturnType<typeof frame>, boolean]>([
    ["who is named as strongly as the one before", ada, frame(200, ["ben", 0.9]), true],
    ["not when it is the same person", ada, frame(200, ["ada", 0.95]), false],
    ["not when the name is weak", ada, frame(200, ["ben", 0.7]), false],
    ["not when the name is not clear of another", ada, frame(200, ["ben", 0.9], ["ada", 0.88]), false],
    ["not when nobody is named", ada, frame(200), false],
    ["not when the one before was weak", visitWith(frame(100, ["ada", 0.7])), frame(200, ["ben", 0.9]), false],
    ["not in the first picture", visitWith(), frame(200, ["ben", 0.9]), false],
  ])("%s", (_, visit, newest, expected) => {
    expect(isSomebodyElse(visit, newest, THRESHOLDS, () => RULES)).toBe(expected);
  });
});

it("whoever takes over begins anew, with the searches that are left", () => {
  const before = visitWith(frame(100, ["ada", 0.9]));
  const newest = frame(200, ["ben", 0.9]);
  expect(takeOver(before, newest, BUDGET)).toMatchObject({
    trackId: 3,
    inViewAtMs: 200,
    firstTriedAtMs: 200,
    evidence: [newest],
    searches: 1,
    tokens: before.tokens,
    decided: null,
  });
});
