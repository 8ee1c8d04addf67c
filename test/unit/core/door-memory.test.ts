import { describe, expect, it } from "vitest";
import { decide, type Situation, type Verdict } from "#core/decision";
import { afterVerdict, type DoorMemory, freshMemory, recalled } from "#core/door-memory";
import { DENY_REASONS, type DenyReason } from "#core/reason";
import { LOCAL_SEARCH_BUDGET } from "#core/throttle";
import { addEvidence, openVisit, spendSearch, type Visit } from "#core/visit";
import { doorFacts, doorPolicy, evidenceAt, situation } from "../../fakes/situations";

const POLICY = doorPolicy();
const NOW = 100_000;

/** A visit with so many searched frames, first tried `triedMs` ago. */
function visit(frames: number, triedMs: number): Visit {
  const opened = openVisit(1, NOW - triedMs, LOCAL_SEARCH_BUDGET);
  let next = spendSearch(opened, LOCAL_SEARCH_BUDGET, NOW - triedMs) ?? opened;
  for (let i = 0; i < frames; i++) next = addEvidence(next, evidenceAt(NOW - 100 + i, [["ada", 0.2]]));
  return next;
}
const deny = (reason: DenyReason): Exclude<Verdict, { result: "wait" }> => ({
  result: "deny",
  reason,
  personId: null,
  numbers: { score: null, margin: null, evidenceAtMs: null, threshold: 0.83, gallerySize: 1 },
});
const GRANT: Verdict = { ...deny("stale"), result: "grant", reason: "ok", personId: "ada" };

/** The memory after the same verdict so many times. */
function after(times: number, verdict: Verdict, about: Situation, memory = freshMemory(NOW)): DoorMemory | null {
  let next: DoorMemory | null = memory;
  for (let i = 0; i < times && next !== null; i++) next = afterVerdict(next, POLICY, about, verdict);
  return next;
}
const locks = (verdict: Verdict, about: Situation): boolean => {
  const memory = after(5, verdict, about);
  return memory !== null && recalled(memory, POLICY, about.nowMs).lockedOut;
};

describe("which refusals lead to a lock-out", () => {
  it("those of a doubtful face that was judged, however short it stayed", () => {
    const about = situation(visit(2, 200), NOW, { ended: true });
    const doubtful = DENY_REASONS.filter((reason) => locks(deny(reason), about));
    expect(doubtful).toEqual(["below_threshold", "ambiguous", "liveness", "watch_list"]);
  });

  it("those of a stranger who stays, and not of one who walks past", () => {
    expect(locks(deny("unknown_person"), situation(visit(5, 3000), NOW))).toBe(true);
    expect(locks(deny("unknown_person"), situation(visit(5, 2999), NOW, { ended: true }))).toBe(false);
  });

  it("of a resident at the wrong hour, of a jammed camera, engine or clock, of the lock-out itself: none, however long they stay", () => {
    const about = situation(visit(20, 60_000), NOW);
    const counted = DENY_REASONS.filter((reason) => locks(deny(reason), about));
    expect(counted).toEqual(["unknown_person", "below_threshold", "ambiguous", "liveness", "watch_list"]);
  });

  it("none of a face that was seen too rarely to be let in", () => {
    expect(locks(deny("below_threshold"), situation(visit(1, 5000), NOW))).toBe(false);
    expect(locks(deny("unknown_person"), situation(openVisit(1, 0, LOCAL_SEARCH_BUDGET), NOW))).toBe(false);
    const untried = { ...visit(2, 5000), firstTriedAtMs: null };
    expect(locks(deny("unknown_person"), situation(untried, NOW))).toBe(false);
  });
});

describe("a door that is locked out", () => {
  const about = situation(visit(2, 3000), NOW);
  const locked = after(5, deny("below_threshold"), about) ?? freshMemory(0);

  it("gives no grant, even one that was decided a moment before", () => {
    expect(afterVerdict(locked, POLICY, about, GRANT)).toBeNull();
  });

  it("refuses whom it knows with that reason, and gives a grant again when it is over", () => {
    const strong = [200, 100].map((ago) => evidenceAt(NOW - ago, [["ada", 0.9]]));
    const resident = situation(strong.reduce(addEvidence, openVisit(2, NOW - 300, LOCAL_SEARCH_BUDGET)), NOW);
    const door = doorFacts(recalled(locked, POLICY, NOW));
    expect(decide(POLICY, { ...resident, door })).toMatchObject({
      result: "deny",
      reason: "locked_out",
      personId: "ada",
    });
    const later = { ...resident, nowMs: NOW + 30_000 };
    expect(afterVerdict(locked, POLICY, later, GRANT)?.lockOut.inARow).toBe(0);
  });

  it("opens where the rule was switched off meanwhile", () => {
    const policy = doorPolicy({ lockOut: { ...POLICY.lockOut, refusals: 0 } });
    expect(recalled(locked, policy, NOW).lockedOut).toBe(false);
  });
});

describe("openings", () => {
  it("are six at once, then none, and a token each five seconds", () => {
    const about = situation(visit(2, 100), NOW);
    const spent = after(6, GRANT, about);
    expect(spent).not.toBeNull();
    if (spent === null) return;
    expect(recalled(spent, POLICY, NOW).mayOpenNow).toBe(false);
    expect(afterVerdict(spent, POLICY, about, GRANT)).toBeNull();
    expect(afterVerdict(spent, POLICY, { ...about, nowMs: NOW + 5000 }, GRANT)).not.toBeNull();
  });

  it("are not spent by waiting or refusing", () => {
    const memory = freshMemory(NOW);
    const about = situation(visit(2, 100), NOW);
    expect(afterVerdict(memory, POLICY, about, { result: "wait" })).toBe(memory);
    expect(afterVerdict(memory, POLICY, about, deny("stale"))).toBe(memory);
  });
});

it("is plain data: it comes back from JSON as it was", () => {
  const memory = after(5, deny("ambiguous"), situation(visit(2, 100), NOW));
  expect(JSON.parse(JSON.stringify(memory))).toEqual(memory);
});
