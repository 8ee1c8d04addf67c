import { describe, expect, it } from "vitest";
import type { ContractPerson } from "#adapters/verifik/answer";
import { createCloudSearch } from "#adapters/verifik/cloud-search";
import type { SearchQuery } from "#adapters/verifik/query";
import type { SearchRequest } from "#ports/face-search";
import { templateOf } from "../../../fakes/faces.js";

const CROP = new Uint8Array([0xff, 0xd8, 0xff, 0xe0]);

function engineWith(people: readonly ContractPerson[]) {
  const asked: SearchQuery[] = [];
  const client = {
    async search(query: SearchQuery) {
      asked.push(query);
      return [...people];
    },
  };
  return { asked, search: createCloudSearch(client, { people: (collection) => (collection === null ? 900 : 40) }) };
}

function request(changes: Partial<SearchRequest> = {}): SearchRequest {
  return {
    faces: [templateOf(0)],
    crops: async () => [CROP],
    collection: "staff",
    minScore: 0.4,
    maxResults: 5,
    mode: "FAST",
    signal: new AbortController().signal,
    ...changes,
  };
}

describe("a search in the cloud", () => {
  it("sends the faces' pictures, never their templates", async () => {
    const { asked, search } = engineWith([{ id: "a", score: 0.9, name: "Ana" }]);
    expect(await search.search(request({ crops: async () => [CROP, CROP] }))).toEqual([{ personId: "a", score: 0.9 }]);
    expect(asked).toEqual([
      expect.objectContaining({
        images: [CROP, CROP],
        minScore: 0.4,
        collection: "staff",
        maxResults: 5,
        mode: "FAST",
      }),
    ]);
    expect(JSON.stringify(asked)).not.toContain("template");
  });

  it("asks for no less than the contract's lowest score", async () => {
    const { asked, search } = engineWith([]);
    await search.search(request({ minScore: 0 }));
    expect(asked[0]?.minScore).toBe(0.2);
  });

  it("knows how many people there are because it was told", () => {
    const { search } = engineWith([]);
    expect([search.size(null), search.size("staff")]).toEqual([900, 40]);
  });

  it("believes nothing of an answer that names somebody twice", async () => {
    const { search } = engineWith([
      { id: "a", score: 0.9, name: null },
      { id: "a", score: 0.8, name: null },
    ]);
    await expect(search.search(request())).rejects.toMatchObject({ code: "LIMEN_ENGINE_PROTOCOL" });
  });

  it("passes a tie of two people on as a tie", async () => {
    const { search } = engineWith([
      { id: "a", score: 0.9, name: null },
      { id: "b", score: 0.9, name: null },
    ]);
    expect(await search.search(request())).toEqual([
      { personId: "a", score: 0.9 },
      { personId: "b", score: 0.9 },
    ]);
  });

  it("sends nothing for a request without pictures", async () => {
    const { asked, search } = engineWith([]);
    const { crops: _, ...bare } = request();
    await expect(search.search(bare)).rejects.toMatchObject({ code: "LIMEN_SEARCH_INVALID" });
    expect(asked).toEqual([]);
  });

  it("cuts nothing out for a search called off", async () => {
    const { asked, search } = engineWith([]);
    let cuts = 0;
    const crops = async () => {
      cuts++;
      return [CROP];
    };
    await expect(search.search(request({ crops, signal: AbortSignal.abort("no") }))).rejects.toBe("no");
    expect([cuts, asked.length]).toEqual([0, 0]);
  });

  it("fails when a picture cannot be cut out", async () => {
    const { asked, search } = engineWith([]);
    const crops = () => Promise.reject(new Error("no picture"));
    await expect(search.search(request({ crops }))).rejects.toThrow("no picture");
    expect(asked).toEqual([]);
  });
});
