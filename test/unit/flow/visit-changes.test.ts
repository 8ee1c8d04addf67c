import { describe, expect, it } from "vitest";
import { LOCAL_SEARCH_BUDGET, NETWORK_SEARCH_BUDGET } from "#core/throttle";
import { faceAt } from "../../fakes/faces";
import { type Person, standing, watchedDoor } from "../../fakes/watched-door";

describe("a face that takes over the track of another", () => {
  const turning = (before: string, after: string, from: number): Person => ({
    ...standing(before, 200),
    nameAt: (look) => (look < from ? before : after),
  });

  it("is judged by itself: nobody is let in for whom they followed", async () => {
    const { watch, decided } = await watchedDoor();
    await watch([turning("ada", "ben", 1)], 30);
    expect(decided()).toMatchObject([
      { result: "deny", reason: "not_enough_evidence", who: "ada" },
      { result: "grant", reason: "ok", who: "ben" },
    ]);
  });

  it("as a stranger is not let in", async () => {
    const { watch, decided } = await watchedDoor();
    await watch([turning("ada", "stranger", 1)], 50);
    expect(decided().filter(({ result }) => result === "grant")).toEqual([]);
  });

  it("costs no more searches than one visit has, however often two faces swap", async () => {
    const { watch, audit, pictures } = await watchedDoor();
    await watch([{ ...standing("ada", 200), nameAt: (look) => (look % 2 === 0 ? "ada" : "ben") }], 200);
    expect(pictures.length).toBeLessThanOrEqual(LOCAL_SEARCH_BUDGET.maxSearches);
    expect(audit.records.filter(({ result }) => result === "grant")).toEqual([]);
  });
});

describe("a second try", () => {
  it("is given to a resident who was refused for their company, once they are alone", async () => {
    const { watch, decided } = await watchedDoor({ company: "deny" });
    await watch([standing("ada", 100), standing("stranger", 400, 0, 45)], 80);
    expect(decided().filter(({ who }) => who === "ada")).toMatchObject([
      { result: "deny", reason: "accompanied" },
      { result: "grant", reason: "ok", accompanied: false },
    ]);
  });

  it("is given to a face that is clearer by its embedding; looking sharper alone costs one embedding and no search", async () => {
    const { watch, decided, pictures, seemsClear } = await watchedDoor();
    const blurred: Person = { name: "stranger", at: () => faceAt(200, 80, 90, { sharpness: 10 }) };
    const sharp: Person = { ...standing("ada", 200) };
    await watch([blurred], 40);
    expect(decided()).toMatchObject([{ result: "deny", reason: "unknown_person" }]);
    const searches = pictures.length;
    await watch([sharp], 10);
    expect(pictures).toHaveLength(searches);
    seemsClear(4.4);
    await watch([{ ...sharp, at: () => faceAt(200, 80, 90, { sharpness: 60 }) }], 10);
    expect(decided()).toMatchObject([{ result: "deny" }, { result: "grant", who: "ada" }]);
  });
});

describe("a search on the network", () => {
  const budget = NETWORK_SEARCH_BUDGET;

  it("is sent the newest picture and the best two of those since the last, and the answer is as old as the oldest", async () => {
    const { watch, audit, pictures } = await watchedDoor({}, { shots: 3, budget });
    await watch([standing("ada", 200)], 15);
    expect(pictures).toEqual([3, 3]);
    const [record] = audit.records;
    const [first, second] = record?.situation.visit.evidence ?? [];
    expect(record?.result).toBe("grant");
    expect((second?.capturedAtMs ?? 0) - (first?.capturedAtMs ?? 0)).toBeGreaterThanOrEqual(400);
    expect((second?.answeredAtMs ?? 0) - (second?.capturedAtMs ?? 0)).toBeGreaterThan(0);
    expect((second?.answeredAtMs ?? 0) - (second?.capturedAtMs ?? 0)).toBeLessThanOrEqual(600);
  });

  it("is not made for somebody who only walks past", async () => {
    const { watch, decided, pictures } = await watchedDoor({}, { shots: 3, budget });
    await watch([{ name: "ada", at: (look) => (look < 14 ? faceAt(30 + 36 * look, 80, 70) : null) }], 40);
    expect(pictures).toEqual([]);
    expect(decided()).toMatchObject([{ result: "deny", reason: "not_enough_evidence" }]);
  });

  it("on this computer only ever has the newest", async () => {
    const { watch, pictures } = await watchedDoor();
    await watch([standing("stranger", 200)], 30);
    expect(new Set(pictures)).toEqual(new Set([1]));
  });
});
