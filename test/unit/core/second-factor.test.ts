import { describe, expect, it } from "vitest";
import { decide, type Situation } from "#core/decision";
import type { DoorPolicy } from "#core/policy";
import { confirmedAtMs, isOutdated } from "#core/question";
import { LOCAL_SEARCH_BUDGET, NETWORK_SEARCH_BUDGET } from "#core/throttle";
import { addEvidence, answered, askAbout, closeVisit, openVisit, spendSearch, type Visit } from "#core/visit";
import { livingCues } from "../../fakes/cues";
import { doorPolicy, evidenceAt, personFacts, situation } from "../../fakes/situations";

const NOW = 10_000;
const WITHIN = 20_000;

/** Nine frames of a person, one each 300 ms, the newest 100 ms old at NOW; doubtful when the passive model says so. */
function visitOf(liveness: number | null, frames = 9, who = "ada", newestAtMs = NOW - 100): Visit {
  const started = newestAtMs - 300 * (frames - 1);
  const opened = openVisit(1, started, LOCAL_SEARCH_BUDGET);
  const tried = spendSearch(opened, LOCAL_SEARCH_BUDGET, started) ?? opened;
  return Array.from({ length: frames }, (_, step) => ({
    ...evidenceAt(started + 300 * step, [[who, 0.9]]),
    liveness,
    cues: livingCues(step),
  })).reduce(addEvidence, tried);
}
const doubtful = visitOf(0);
const asked = (visit: Visit, atMs = NOW): Visit => askAbout(visit, "ada", atMs) ?? visit;
const confirmed = (visit: Visit, atMs: number): Visit =>
  answered(visit, "confirmed", LOCAL_SEARCH_BUDGET, atMs) ?? visit;
const fresh = (visit: Visit, atMs: number, who = "ada"): Visit =>
  [0, 300, 600]
    .map((later) => ({ ...evidenceAt(atMs + later, [[who, 0.9]]), liveness: 0, cues: livingCues(later / 300) }))
    .reduce(addEvidence, visit);

const REQUIRE: DoorPolicy["liveness"] = { mode: "require", askWithinMs: WITHIN };
const judged = (visit: Visit, nowMs = NOW, liveness = REQUIRE, changes: Partial<Situation> = {}) =>
  decide(
    doorPolicy({ liveness }),
    situation(visit, nowMs, { people: [personFacts("ada"), personFacts("ben")], ...changes }),
  );
const REFUSED = { result: "deny", reason: "liveness", personId: "ada" };

describe("a door that requires liveness never opens", () => {
  it("for a doubtful face when nobody is there to ask", () => {
    expect(judged(doubtful, NOW, { mode: "require", askWithinMs: null })).toMatchObject(REFUSED);
  });

  it("for a picture beyond doubt, whatever anybody confirms", () => {
    const looped = {
      ...doubtful,
      evidence: doubtful.evidence.map((frame, i) => ({ ...frame, cues: livingCues(i, { repeatOfMs: 9000 }) })),
    };
    expect(judged(looped)).toMatchObject(REFUSED);
    expect(judged(confirmed(asked(looped), NOW), NOW)).toMatchObject(REFUSED);
  });

  it("for a face that was not measured: it is asked about, and refused where nobody is asked", () => {
    const unmeasured = visitOf(null, 12);
    expect(judged(unmeasured)).toEqual({ result: "wait", ask: "ada" });
    expect(judged(unmeasured, NOW, { mode: "require", askWithinMs: null })).toMatchObject(REFUSED);
  });

  it("before enough was seen: it waits, and a face that leaves is refused", () => {
    const brief = visitOf(0.9, 3);
    expect(judged(brief)).toEqual({ result: "wait" });
    expect(judged(brief, NOW, REQUIRE, { ended: true })).toMatchObject(REFUSED);
  });

  it("without an answer: it waits for its time, then refuses", () => {
    const waiting = fresh(asked(doubtful), NOW + 19_000);
    expect(judged(waiting, NOW + 19_700)).toEqual({ result: "wait" });
    expect(judged(waiting, NOW + WITHIN + 1)).toMatchObject(REFUSED);
  });

  it("on a no", () => {
    const declined = answered(asked(doubtful), "declined", LOCAL_SEARCH_BUDGET, NOW + 10) ?? doubtful;
    expect(judged(declined, NOW + 20)).toMatchObject(REFUSED);
  });

  it("on an answer that came too late, or is acted on too late", () => {
    const late = fresh(confirmed(asked(doubtful), NOW + WITHIN + 10), NOW + WITHIN);
    expect(judged(late, NOW + WITHIN + 700)).toMatchObject(REFUSED);
    const inTime = fresh(confirmed(asked(doubtful), NOW + WITHIN - 10), NOW + WITHIN);
    expect(judged(inTime, NOW + WITHIN + 700)).toMatchObject(REFUSED);
  });

  it("on an answer from before its question, or from the future", () => {
    const question = {
      personId: "ada",
      atMs: NOW,
      answer: "confirmed" as const,
      searches: 0,
      tokens: { tokens: 0, atMs: NOW },
    };
    expect(confirmedAtMs({ ...question, answeredAtMs: NOW - 1 }, WITHIN, NOW + 5)).toBeNull();
    expect(confirmedAtMs({ ...question, answeredAtMs: NOW + 9 }, WITHIN, NOW + 5)).toBeNull();
    expect(confirmedAtMs({ ...question, answeredAtMs: null }, WITHIN, NOW + 5)).toBeNull();
    expect(confirmedAtMs({ ...question, answeredAtMs: NOW + 5 }, WITHIN, NOW + 5)).toBe(NOW + 5);
    expect(confirmedAtMs({ ...question, answeredAtMs: NOW + 5 }, WITHIN, NOW - 5)).toBeNull();
  });

  it("to another person than the one who was confirmed", () => {
    const swapped = fresh(confirmed(asked(doubtful), NOW + 100), NOW + 2200, "ben");
    expect(judged(swapped, NOW + 2900)).toMatchObject({ result: "deny", reason: "liveness", personId: "ben" });
  });

  it("to somebody confirmed who is not in front of the door any more", () => {
    const gone = confirmed(asked(doubtful), NOW + 5000);
    expect(judged(gone, NOW + 5000)).toEqual({ result: "wait" });
    expect(judged(gone, NOW + 5000, REQUIRE, { ended: true })).toMatchObject(REFUSED);
  });

  it("to somebody who was last seen before the answer, however short before", () => {
    const just = confirmed(fresh(asked(doubtful), NOW + 5000), NOW + 5601);
    expect(judged(just, NOW + 5700)).toEqual({ result: "wait" });
    expect(judged(just, NOW + 5700, REQUIRE, { ended: true })).toMatchObject(REFUSED);
  });

  it("when the face is no longer recognised after the question", () => {
    const stranger = [0, 300, 600]
      .map((later) => evidenceAt(NOW + 3000 + later, [["ben", 0.3]]))
      .reduce(addEvidence, asked(doubtful));
    expect(judged(stranger, NOW + 3700)).toEqual({ result: "wait" });
    expect(judged(stranger, NOW + WITHIN + 1)).toMatchObject(REFUSED);
    expect(judged(stranger, NOW + 3700, REQUIRE, { ended: true })).toMatchObject(REFUSED);
    expect(judged(stranger, NOW + 3700, { mode: "require", askWithinMs: null })).toMatchObject(REFUSED);
  });

  it("when the second factor was taken out of the configuration meanwhile", () => {
    expect(judged(confirmed(asked(doubtful), NOW), NOW, { mode: "require", askWithinMs: null })).toMatchObject(REFUSED);
  });

  it("to somebody who may not pass: nobody is even asked", () => {
    const inactive = { people: [personFacts("ada", { active: false })] };
    expect(judged(doubtful, NOW, REQUIRE, inactive)).toMatchObject({ result: "deny", reason: "person_inactive" });
  });

  it("and asks about fresh pictures only", () => {
    expect(judged(doubtful, NOW + 2500)).toEqual({ result: "wait" });
  });
});

describe("a door that requires liveness opens", () => {
  it("at once for a person without a doubt", () => {
    expect(judged(visitOf(0.9))).toMatchObject({ result: "grant", personId: "ada" });
  });

  it("for a doubtful one who was confirmed and is still there", () => {
    expect(judged(doubtful)).toEqual({ result: "wait", ask: "ada" });
    const there = fresh(confirmed(asked(doubtful), NOW + 14_999), NOW + 15_000);
    expect(judged(there, NOW + 15_700)).toMatchObject({ result: "grant", personId: "ada" });
  });
});

it("off and monitor refuse nobody by it", () => {
  for (const mode of ["off", "monitor"] as const) {
    expect(judged(doubtful, NOW, { mode, askWithinMs: WITHIN })).toMatchObject({ result: "grant" });
  }
});

describe("a question", () => {
  it("is asked once a visit, and never of a decided one", () => {
    expect(askAbout(asked(doubtful), "ada", NOW)).toBeNull();
    expect(askAbout(closeVisit(doubtful, "deny"), "ada", NOW)).toBeNull();
  });

  it("is answered once, and never on a decided visit or one that was not asked about", () => {
    const once = confirmed(asked(doubtful), NOW + 10);
    expect(answered(once, "confirmed", LOCAL_SEARCH_BUDGET, NOW + 20)).toBeNull();
    expect(answered(doubtful, "confirmed", LOCAL_SEARCH_BUDGET, NOW + 20)).toBeNull();
    expect(answered(closeVisit(asked(doubtful), "deny"), "confirmed", LOCAL_SEARCH_BUDGET, NOW)).toBeNull();
  });

  it("outdates pictures from before its answer, and of that very moment, once there is one", () => {
    const { asked: open } = asked(doubtful);
    const { asked: given } = confirmed(asked(doubtful), NOW + 10);
    expect([isOutdated(null, 0), isOutdated(open, NOW - 1)]).toEqual([false, false]);
    expect([NOW + 9, NOW + 10, NOW + 11, Number.NaN].map((atMs) => isOutdated(given, atMs))).toEqual([
      true,
      true,
      false,
      true,
    ]);
  });

  const searchesOf = (start: Visit, budget: typeof LOCAL_SEARCH_BUDGET, fromMs: number, forMs: number): number => {
    let visit = start;
    for (let atMs = fromMs; atMs <= fromMs + forMs; atMs += 100) visit = spendSearch(visit, budget, atMs) ?? visit;
    return visit.searches - start.searches;
  };

  it("keeps the search going slowly while it is open, and faster for a while once confirmed", () => {
    const slow = searchesOf(asked(doubtful), LOCAL_SEARCH_BUDGET, NOW, 6000);
    expect(slow).toBeGreaterThanOrEqual(9);
    expect(slow).toBeLessThanOrEqual(10);
    expect(searchesOf(confirmed(asked(doubtful), NOW), LOCAL_SEARCH_BUDGET, NOW, 20_000)).toBe(10);
  });

  it("costs a paid engine nothing while it is open, and three calls once confirmed", () => {
    const visit = asked(doubtful);
    expect(searchesOf(visit, NETWORK_SEARCH_BUDGET, NOW, 20_000)).toBe(0);
    const yes = answered(visit, "confirmed", NETWORK_SEARCH_BUDGET, NOW) ?? visit;
    expect(searchesOf(yes, NETWORK_SEARCH_BUDGET, NOW, 20_000)).toBe(3);
  });
});
