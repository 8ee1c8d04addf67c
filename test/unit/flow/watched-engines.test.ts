import { expect, it } from "vitest";
import type { Candidate } from "#core/candidate";
import { LimenError } from "#errors";
import { soleEngine } from "#flow/engines";
import type { LaneRequest, SearchLane } from "#flow/search-lane";
import { withWatchList } from "#flow/watched-engines";
import { templateOf } from "../../fakes/faces";

const { signal } = new AbortController();

/** An engine that holds these people of these collections. */
function holding(people: Record<string, Candidate[]>) {
  const asked: (string | null)[] = [];
  const lane: SearchLane = {
    async search({ collection }) {
      asked.push(collection);
      const found = people[collection ?? ""];
      if (found === undefined) throw new LimenError("LIMEN_SEARCH_DEADLINE", "too slow");
      return found;
    },
    size: (collection) => people[collection ?? ""]?.length ?? 0,
  };
  return { asked, engines: soleEngine("local", lane) };
}

const request = (changes: Partial<LaneRequest> = {}): LaneRequest => ({
  faces: [templateOf(0)],
  collection: "staff",
  minScore: 0,
  maxResults: 3,
  mode: "ACCURATE",
  ...changes,
});

const STAFF = [
  { personId: "ada", score: 0.7 },
  { personId: "sam", score: 0.6 },
];
const BANNED = [
  { personId: "eve", score: 0.8 },
  { personId: "sam", score: 0.6 },
];

it("the watch list's people are searched with the door's, one entry a person, best first", async () => {
  const { asked, engines } = holding({ staff: STAFF, banned: BANNED, spies: [{ personId: "zoe", score: 0.1 }] });
  const both = withWatchList(engines, ["banned", "spies", "staff"]);
  expect(await both.ask(request(), signal, "front/1")).toEqual({
    answers: [
      {
        engine: "local",
        candidates: [
          { personId: "eve", score: 0.8 },
          { personId: "ada", score: 0.7 },
          { personId: "sam", score: 0.6 },
        ],
      },
    ],
  });
  expect(asked.toSorted()).toEqual(["banned", "spies", "staff"]);
  expect(both.sizes("staff")).toEqual({ local: 5, verifik: 0 });
});

it("one collection that could not be searched is no answer at all", async () => {
  const { engines } = holding({ staff: STAFF });
  await expect(withWatchList(engines, ["banned"]).ask(request(), signal, "front/1")).rejects.toMatchObject({
    code: "LIMEN_SEARCH_DEADLINE",
  });
});

it("a search of everybody holds the watch list already, and no list leaves the engines as they are", async () => {
  const { asked, engines } = holding({ "": STAFF });
  expect(await withWatchList(engines, ["banned"]).ask(request({ collection: null }), signal, "front/1")).toMatchObject({
    answers: [{ candidates: STAFF }],
  });
  expect(asked).toEqual([null]);
  expect(withWatchList(engines, [])).toBe(engines);
});
