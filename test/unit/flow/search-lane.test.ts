import { getEventListeners } from "node:events";
import { describe, expect, it } from "vitest";
import type { Candidate } from "#core/candidate";
import { createSearchLane } from "#flow/search-lane";
import { templateOf } from "../../fakes/faces";
import { FakeClock, flush } from "../../fakes/fake-clock";

const REQUEST = { faces: [templateOf(0)], collection: null, minScore: 0, maxResults: 5, mode: "ACCURATE" } as const;

function laneOver(answer: () => Promise<Candidate[]>) {
  const clock = new FakeClock();
  let running = 0;
  let most = 0;
  const engine = {
    size: () => 1,
    search: async () => {
      running++;
      most = Math.max(most, running);
      try {
        return await answer();
      } finally {
        running--;
      }
    },
  };
  const lane = createSearchLane({ engine, clock, concurrency: 1, deadlineMs: 400 });
  return { clock, lane, most: () => most };
}
const never = new AbortController().signal;
const settled = (work: Promise<unknown>) =>
  work.then(
    () => "answered",
    (error: { code?: string }) => error.code,
  );

describe("the search lane", () => {
  it("gives the engine's answer back", async () => {
    const { lane } = laneOver(async () => [{ personId: "a", score: 0.9 }]);
    expect(await lane.search(REQUEST, never)).toEqual([{ personId: "a", score: 0.9 }]);
  });

  it("never runs more at once than it may, and counts the waiting into the deadline", async () => {
    const s = laneOver(() => s.clock.sleep(150).then(() => []));
    const outcomes = Array.from({ length: 5 }, () => settled(s.lane.search(REQUEST, never)));
    for (let i = 0; i < 20; i++) await s.clock.advance(50);
    expect(await Promise.all(outcomes)).toEqual([
      "answered",
      "answered",
      "LIMEN_SEARCH_DEADLINE",
      "LIMEN_SEARCH_DEADLINE",
      "LIMEN_SEARCH_DEADLINE",
    ]);
    expect(s.most()).toBe(1);
  });

  it("refuses the oldest waiting search when too many wait: the newest picture is worth more", async () => {
    const s = laneOver(() => s.clock.sleep(100).then(() => []));
    const outcomes = Array.from({ length: 12 }, () => settled(s.lane.search(REQUEST, never)));
    await flush();
    for (let i = 0; i < 20; i++) await s.clock.advance(25);
    const said = await Promise.all(outcomes);
    expect(said[0]).toBe("answered");
    expect(said.slice(1, 4)).toEqual(Array.from({ length: 3 }, () => "LIMEN_SEARCH_DEADLINE"));
    expect(said[4]).toBe("answered");
  });

  it("goes on after an engine that threw", async () => {
    let broken = true;
    const { lane } = laneOver(async () => {
      if (broken) throw new Error("boom");
      return [];
    });
    await expect(lane.search(REQUEST, never)).rejects.toThrow("boom");
    broken = false;
    expect(await lane.search(REQUEST, never)).toEqual([]);
  });

  it("throws an answer away that came after its deadline, even when the alarm was late too (the process stood still)", async () => {
    const s = laneOver(() => s.clock.sleep(50).then(() => [{ personId: "a", score: 0.9 }]));
    const outcome = settled(s.lane.search(REQUEST, never));
    await flush();
    await s.clock.advance(5000);
    expect(await outcome).toBe("LIMEN_SEARCH_DEADLINE");
  });

  it("listens to nobody's signal any more once a search has had its turn", async () => {
    const clock = new FakeClock();
    const listeners: number[] = [];
    const search = async ({ signal }: { signal: AbortSignal }): Promise<Candidate[]> => {
      await clock.sleep(50);
      listeners.push(getEventListeners(signal, "abort").length);
      return [];
    };
    const lane = createSearchLane({ engine: { search, size: () => 1 }, clock, concurrency: 1, deadlineMs: 400 });
    const both = [lane.search(REQUEST, never), lane.search(REQUEST, never)];
    await flush();
    await clock.advance(60);
    await clock.advance(60);
    await Promise.all(both);
    expect(listeners).toEqual([0, 0]);
  });
});
