import { describe, expect, it } from "vitest";
import type { Answer } from "#core/candidate";
import { decide, type Situation } from "#core/decision";
import type { EngineChoice } from "#core/engine-choice";
import { LOCAL_SEARCH_BUDGET } from "#core/throttle";
import { addEvidence, addFault, addKnownRefusal, openVisit, spendSearch, type Visit } from "#core/visit";
import { accessPolicy, doorPolicy, evidenceAt, offlineAccess, personFacts, situation } from "../../fakes/situations";

const NOW = 10_000;

const answer = (engine: Answer["engine"], personId: string, score = 0.9): Answer => ({
  engine,
  candidates: [{ personId, score }],
});
const local = (personId: string, score?: number) => answer("local", personId, score);
const network = (personId: string, score?: number) => answer("verifik", personId, score);
const fallback = (personId: string, score?: number): Answer => ({ ...local(personId, score), fallback: true });

/** Newest last, 100 ms apart. */
function visitOf(...frames: Answer[][]): Visit {
  const opened = openVisit(1, NOW - 1000, LOCAL_SEARCH_BUDGET);
  const tried = spendSearch(opened, LOCAL_SEARCH_BUDGET, NOW - 900) ?? opened;
  return frames
    .map((answers, i) => ({ ...evidenceAt(NOW - 100 * (frames.length - i), []), answers }))
    .reduce(addEvidence, tried);
}

const judged = (engine: EngineChoice, visit: Visit, changes: Partial<Situation> = {}, access = accessPolicy()) =>
  decide(doorPolicy({ engine, access }), situation(visit, NOW, changes));
const twice = (...answers: Answer[]): Visit => visitOf(answers, answers);
const offline = offlineAccess("ada");

describe("never opens", () => {
  it.each<[EngineChoice, string, Answer[]]>([
    ["local", "the network's word", [network("ada")]],
    ["local", "a substitute's word", [fallback("ada")]],
    ["verifik", "the local engine's word", [local("ada")]],
    ["verifik", "a substitute's word", [fallback("ada")]],
    ["verifik_then_local", "the local engine's word without an outage", [local("ada")]],
    ["verifik_then_local", "a substitute's word about somebody without that right", [fallback("ada")]],
    ["verifik_then_local", "a score the network's scale does not reach", [network("ada", 0.84)]],
    ["both_agree", "the local engine's word alone", [local("ada")]],
    ["both_agree", "the network's word alone", [network("ada")]],
    ["both_agree", "a substitute beside the network", [fallback("ada"), network("ada")]],
    ["both_agree", "two engines that name different people", [local("ada"), network("ben")]],
    ["both_agree", "a weak score of one of them", [local("ada"), network("ada", 0.84)]],
    ["both_agree", "a weak score of the other", [local("ada", 0.82), network("ada")]],
  ])("%s on %s", (engine, _, answers) => {
    for (const ended of [false, true]) expect(judged(engine, twice(...answers), { ended }).result).not.toBe("grant");
  });

  it("on a substitute's word, for whoever the gallery does not know", () => {
    expect(judged("verifik_then_local", twice(fallback("ada")), { people: [] }).result).toBe("deny");
  });
});

describe("opens", () => {
  it.each<[EngineChoice, string, Answer[]]>([
    ["local", "the local engine's word", [local("ada")]],
    ["verifik", "the network's word", [network("ada")]],
    ["verifik_then_local", "the network's word", [network("ada")]],
    ["both_agree", "the word of both", [local("ada"), network("ada")]],
  ])("%s on %s", (engine, _, answers) => {
    expect(judged(engine, twice(...answers))).toMatchObject({ result: "grant", personId: "ada" });
  });

  it("on a substitute's word for people with offline_allowed, wholly or from the middle of a visit on", () => {
    expect(judged("verifik_then_local", twice(fallback("ada")), {}, offline).result).toBe("grant");
    expect(judged("verifik_then_local", visitOf([network("ada")], [fallback("ada")]), {}, offline).result).toBe(
      "grant",
    );
  });

  it("without that right, when the network named the person often enough before it went", () => {
    const visit = visitOf([network("ada")], [network("ada")], [fallback("ada")]);
    expect(judged("verifik_then_local", visit).result).toBe("grant");
  });
});

describe("says why not", () => {
  const ended = { ended: true };

  it("engine_offline for somebody recognised who has no right to pass then, after waiting for the network to come back", () => {
    const visit = visitOf([network("ada")], [fallback("ada")]);
    expect(judged("verifik_then_local", visit).result).toBe("wait");
    const denied = { result: "deny", reason: "engine_offline", personId: "ada" };
    expect(judged("verifik_then_local", visit, ended)).toMatchObject(denied);
    expect(judged("verifik_then_local", visit, { nowMs: NOW + 2100 })).toMatchObject(denied);
  });

  it("another reason first, when there is one", () => {
    const people = [personFacts("ada", { active: false })];
    expect(judged("verifik_then_local", twice(fallback("ada")), { people })).toMatchObject({
      reason: "person_inactive",
    });
  });

  it("ambiguous when two engines name different people", () => {
    expect(judged("both_agree", twice(local("ada"), network("ben")), ended)).toMatchObject({ reason: "ambiguous" });
  });

  it("what the network said, when only that speaks against it", () => {
    const visit = twice(local("ada"), network("ada", 0.3));
    expect(judged("both_agree", visit, ended)).toMatchObject({
      reason: "unknown_person",
      numbers: { threshold: 0.85 },
    });
  });

  it("the engine's fault, when the pictures before it were good and too few", () => {
    const good = visitOf([network("ada")]);
    expect(judged("verifik", addFault(good, "engine_offline"), ended)).toMatchObject({ reason: "engine_offline" });
    expect(judged("verifik", addFault(good, "spend_cap"), ended)).toMatchObject({ reason: "spend_cap" });
    expect(judged("verifik", good, ended)).toMatchObject({ reason: "not_enough_evidence" });
  });

  it("what the earlier visit of the same face came to, when nobody was asked this time", () => {
    const visit = addKnownRefusal(visitOf(), "below_threshold", 80);
    expect(judged("verifik", visit, ended)).toMatchObject({ reason: "below_threshold", personId: null });
    const asked = addKnownRefusal(visitOf([network("ada", 0.1)]), "below_threshold", 80);
    expect(judged("verifik", asked, ended)).toMatchObject({ reason: "unknown_person" });
  });

  it("nothing of anybody, where nobody answered, or answered with nobody", () => {
    const unanswered = visitOf([], [network("ada", 0.1)], []);
    expect(judged("verifik", unanswered, ended)).toMatchObject({ reason: "unknown_person", personId: null });
    expect(judged("verifik", visitOf([]), ended)).toMatchObject({ reason: "unknown_person", numbers: { score: null } });
    const low = { configuredMin: 0.1, base: 0, slopePerDecade: 0 };
    const policy = doorPolicy({ engine: "verifik", thresholds: { local: low, verifik: low } });
    const nobody = situation(visitOf([{ engine: "verifik", candidates: [] }]), NOW, ended);
    expect(decide(policy, nobody)).toMatchObject({ reason: "below_threshold", personId: null });
  });
});
