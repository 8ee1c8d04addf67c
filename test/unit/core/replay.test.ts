import { describe, expect, it } from "vitest";
import { decide, type Situation } from "#core/decision";
import { DEFAULT_DECISION_RULES } from "#core/decision-rules";
import type { DoorPolicy } from "#core/policy";
import { redecide } from "#core/replay";
import { LOCAL_SEARCH_BUDGET } from "#core/throttle";
import { addEvidence, answered, askAbout, closeVisit, openVisit, spendSearch, type Visit } from "#core/visit";
import { doorFacts, doorPolicy, evidenceAt, situation } from "../../fakes/situations";

function visitOf(...frames: [atMs: number, score: number][]): Visit {
  const opened = openVisit(1, 900, LOCAL_SEARCH_BUDGET);
  const tried = spendSearch(opened, LOCAL_SEARCH_BUDGET, 950) ?? opened;
  return frames.map(([atMs, score]) => evidenceAt(atMs, [["ada", score]])).reduce(addEvidence, tried);
}

function decided(policy: DoorPolicy, from: Situation) {
  const verdict = decide(policy, from);
  if (verdict.result === "wait") throw new Error("it waits");
  return verdict;
}

const under = (rules: Partial<typeof DEFAULT_DECISION_RULES>) =>
  doorPolicy({ rules: { ...DEFAULT_DECISION_RULES, ...rules } });

describe("a recorded visit, decided again", () => {
  it("comes out the same under the same rules, at the picture that decided it", () => {
    const granted = situation(visitOf([1000, 0.5], [1100, 0.9], [1200, 0.9]), 1210);
    expect(redecide(doorPolicy(), granted)).toMatchObject({
      verdict: { result: "grant", reason: "ok", personId: "ada" },
      frames: 3,
      cutShort: false,
    });
    const refused = situation(visitOf([1000, 0.5], [1100, 0.55]), 3950);
    expect(redecide(doorPolicy(), refused)).toMatchObject({
      verdict: { result: "deny", reason: "unknown_person" },
      cutShort: false,
    });
  });

  it("is let in earlier under weaker rules", () => {
    const granted = situation(visitOf([1000, 0.9], [1100, 0.9]), 1110);
    expect(redecide(under({ agree: 1 }), granted)).toMatchObject({ verdict: { result: "grant" }, frames: 1 });
  });

  it("is refused under stricter ones, and says when more pictures would have been needed to know", () => {
    const granted = situation(visitOf([1000, 0.9], [1100, 0.9]), 1110);
    expect(redecide(under({ agree: 3 }), granted)).toMatchObject({
      verdict: { result: "deny", reason: "not_enough_evidence" },
      frames: 2,
      cutShort: true,
    });
  });

  it("ends where a shorter patience ends, whatever came later", () => {
    const granted = situation(visitOf([1000, 0.5], [2500, 0.9], [2600, 0.9]), 2610);
    expect(redecide(doorPolicy(), granted).verdict.result).toBe("grant");
    expect(redecide(under({ patienceMs: 1000 }), granted)).toMatchObject({
      verdict: { result: "deny", reason: "unknown_person" },
      frames: 2,
    });
  });

  it("is asked about when it was, and not before", () => {
    const requires = doorPolicy({ liveness: { mode: "require", askWithinMs: 20_000 } });
    const times = [1000, 1800, 2600, 4000, 5000, 5600];
    const seen = visitOf(...times.map((atMs): [number, number] => [atMs, 0.9]));
    const doubtful = { ...seen, evidence: seen.evidence.map((frame) => ({ ...frame, liveness: 0 })) };
    const asked = askAbout(doubtful, "ada", 2600) ?? doubtful;
    const confirmed = answered(asked, "confirmed", LOCAL_SEARCH_BUDGET, 4500) ?? asked;
    expect(redecide(requires, situation(confirmed, 5610))).toMatchObject({
      verdict: { result: "grant", personId: "ada" },
      frames: 5,
    });
    expect(redecide(requires, situation(asked, 22_700))).toMatchObject({
      verdict: { result: "deny", reason: "liveness", personId: "ada" },
      frames: 6,
    });
  });

  it("is not refused by a lock-out that began after the picture, when later pictures did not name them any more", () => {
    const accompanied = { others: 1, unrecognised: 1 };
    const visit = visitOf([1000, 0.9], [1100, 0.9], [3800, 0.9]);
    const evidence = visit.evidence.map((frame) => ({ ...frame, company: accompanied }));
    const refused = situation({ ...visit, evidence }, 3960, { door: doorFacts({ lockedOut: true }) });
    const policy = under({ company: "deny" });
    const { result, reason } = decided(policy, refused);
    expect({ result, reason }).toEqual({ result: "deny", reason: "not_enough_evidence" });
    expect(redecide(policy, refused).verdict).toMatchObject({ result: "deny", reason: "not_enough_evidence" });
  });

  it("takes nothing else for a recorded visit", () => {
    expect(() => redecide(doorPolicy(), situation(closeVisit(visitOf(), "deny"), 5000))).toThrow(RangeError);
  });
});
