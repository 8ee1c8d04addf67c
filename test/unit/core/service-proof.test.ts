import { describe, expect, it } from "vitest";
import { decide, type Situation } from "#core/decision";
import { livenessOf } from "#core/liveness";
import type { DoorPolicy } from "#core/policy";
import { redecide } from "#core/replay";
import { LOCAL_SEARCH_BUDGET } from "#core/throttle";
import { addEvidence, answered, askAbout, openVisit, spendSearch, type Visit } from "#core/visit";
import { livingCues } from "../../fakes/cues";
import { doorPolicy, evidenceAt, personFacts, situation } from "../../fakes/situations";

const NOW = 10_000;
const WITHIN = 8000;

/** Two pictures of somebody, the newest 100 ms old at NOW: enough to name them, far too few to judge their liveness here. */
function visitOf(liveness: number | null, frames = 2, who = "ada"): Visit {
  const started = NOW - 100 - 300 * (frames - 1);
  const opened = openVisit(1, started, LOCAL_SEARCH_BUDGET);
  const tried = spendSearch(opened, LOCAL_SEARCH_BUDGET, started) ?? opened;
  return seen(tried, started, who, frames, liveness);
}
function seen(visit: Visit, fromMs: number, who = "ada", frames = 3, liveness: number | null = 0.9): Visit {
  return Array.from({ length: frames }, (_, step) => ({
    ...evidenceAt(fromMs + 300 * step, [[who, 0.9]]),
    liveness,
    cues: livingCues(step),
  })).reduce(addEvidence, visit);
}
const asked = (visit: Visit): Visit => askAbout(visit, "ada", NOW) ?? visit;
const says = (answer: "confirmed" | "declined", visit: Visit, atMs: number): Visit =>
  answered(visit, answer, LOCAL_SEARCH_BUDGET, atMs) ?? visit;
const looped = (visit: Visit): Visit => ({
  ...visit,
  evidence: visit.evidence.map((frame, i) => ({ ...frame, cues: livingCues(i, { repeatOfMs: 9000 }) })),
});

const CLOUD: DoorPolicy["liveness"] = { mode: "cloud", askWithinMs: WITHIN };
const policy = (liveness = CLOUD): DoorPolicy => doorPolicy({ liveness });
const judged = (visit: Visit, nowMs = NOW, liveness = CLOUD, changes: Partial<Situation> = {}) =>
  decide(policy(liveness), situation(visit, nowMs, { people: [personFacts("ada"), personFacts("ben")], ...changes }));
const REFUSED = { result: "deny", reason: "liveness", personId: "ada" };
const ASKS = { result: "wait", ask: "ada" };

describe("a door that asks a service whether the face is a live one never opens", () => {
  it("by the local signs alone, however long they find nothing", () => {
    const plain = visitOf(0.9, 9);
    expect(livenessOf(plain.evidence).level).toBe("none");
    expect(judged(plain)).toEqual(ASKS);
    expect(judged(plain, NOW, { mode: "cloud", askWithinMs: null })).toMatchObject(REFUSED);
    expect(judged(plain, NOW, CLOUD, { ended: true })).toMatchObject(REFUSED);
  });

  it("for a picture beyond doubt, whatever the service says", () => {
    const loop = looped(visitOf(0.9, 4));
    expect(livenessOf(loop.evidence).level).toBe("high");
    expect(judged(loop)).toMatchObject(REFUSED);
    const passed = looped(seen(says("confirmed", asked(loop), NOW + 500), NOW + 600));
    expect(judged(passed, NOW + 1300)).toMatchObject(REFUSED);
  });

  it("while the service has not answered: it waits for its time, then refuses", () => {
    const waiting = seen(asked(visitOf(0.9)), NOW + 7000);
    expect(judged(waiting, NOW + 7700)).toEqual({ result: "wait" });
    expect(judged(waiting, NOW + WITHIN + 1)).toMatchObject(REFUSED);
    expect(judged(waiting, NOW + 7700, CLOUD, { ended: true })).toMatchObject(REFUSED);
  });

  it("when the service says no", () => {
    const declined = says("declined", asked(visitOf(0.9)), NOW + 500);
    expect(judged(declined, NOW + 501)).toMatchObject(REFUSED);
    expect(judged(seen(declined, NOW + 600), NOW + 1300)).toMatchObject(REFUSED);
  });

  it("on an answer that came too late, or is acted on too late", () => {
    const late = seen(says("confirmed", asked(visitOf(0.9)), NOW + WITHIN + 1), NOW + WITHIN + 10);
    expect(judged(late, NOW + WITHIN + 700)).toMatchObject(REFUSED);
    const inTime = seen(says("confirmed", asked(visitOf(0.9)), NOW + WITHIN - 10), NOW + WITHIN);
    expect(judged(inTime, NOW + WITHIN + 700)).toMatchObject(REFUSED);
  });

  it("to somebody else than the one who was asked about", () => {
    const swapped = seen(says("confirmed", asked(visitOf(0.9)), NOW + 500), NOW + 2800, "ben");
    expect(judged(swapped, NOW + 3500)).toMatchObject({ result: "deny", reason: "liveness", personId: "ben" });
  });

  it("to somebody who was not recognised once more after the answer", () => {
    const before = says("confirmed", seen(asked(visitOf(0.9)), NOW + 500), NOW + 1101);
    expect(judged(before, NOW + 1150)).toEqual({ result: "wait" });
    expect(judged(before, NOW + 1150, CLOUD, { ended: true })).toMatchObject(REFUSED);
  });

  it("when the time to answer was taken out of the configuration meanwhile", () => {
    const passed = seen(says("confirmed", asked(visitOf(0.9)), NOW + 500), NOW + 600);
    expect(judged(passed, NOW + 1300, { mode: "cloud", askWithinMs: null })).toMatchObject(REFUSED);
  });

  it("to somebody who may not pass: the service is not even asked", () => {
    const people = [personFacts("ada", { active: false })];
    expect(judged(visitOf(0.9), NOW, CLOUD, { people })).toMatchObject({ reason: "person_inactive" });
  });

  it("and asks about fresh pictures only", () => {
    expect(judged(visitOf(0.9), NOW + 2500)).toEqual({ result: "wait" });
  });
});

describe("a door that asks a service whether the face is a live one", () => {
  it("asks as soon as somebody is recognised, whether the local model doubts them, believes them or measured nothing", () => {
    for (const liveness of [0, 0.9, null]) expect(judged(visitOf(liveness))).toEqual(ASKS);
  });

  it("opens once the service has passed them and they were recognised once more, also while the local model doubts them", () => {
    for (const liveness of [0, 0.9, null]) {
      const passed = seen(says("confirmed", asked(visitOf(liveness)), NOW + 500), NOW + 600, "ada", 3, liveness);
      expect(judged(passed, NOW + 1300)).toMatchObject({ result: "grant", reason: "ok", personId: "ada" });
    }
  });

  it("does not lose patience while it is asked", () => {
    const waiting = asked(visitOf(0.9));
    expect(judged(waiting, NOW + 5000)).toEqual({ result: "wait" });
  });

  it("decides a recorded visit again as it did", () => {
    const granted = seen(says("confirmed", asked(visitOf(0)), NOW + 500), NOW + 600, "ada", 1);
    const refused = says("declined", asked(visitOf(0.9)), NOW + 500);
    for (const [visit, nowMs] of [
      [granted, NOW + 600],
      [refused, NOW + 500],
      [asked(visitOf(0.9)), NOW + WITHIN + 1],
    ] as const) {
      const found = situation(visit, nowMs, { people: [personFacts("ada")] });
      const kept: Situation = JSON.parse(JSON.stringify(found));
      const again = redecide(policy(), kept);
      expect(again.verdict).toEqual(decide(policy(), found));
      expect(again.cutShort).toBe(false);
    }
  });
});
