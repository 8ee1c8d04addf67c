import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { colourPhoto } from "../../../fakes/colour-finder";
import { type ApiRig, openApiRig, TOKENS } from "../../../fixtures/api-rig";

/** What the browser clients of this contract send and look at, beyond what the contract's pages say. */

let rig: ApiRig;
let ada: string;
let bob: string;

beforeEach(async () => {
  rig = await openApiRig();
  ada = (await colourPhoto(1)).toString("base64");
  bob = (await colourPhoto(2)).toString("base64");
});

afterEach(() => rig[Symbol.asyncDispose]());

const dataOf = <T>(answer: { json: unknown }): T => (answer.json as { data: T }).data;
const names = (answer: { json: unknown }): string[] => dataOf<{ name: string }[]>(answer).map(({ name }) => name);
const collection = async (code: string): Promise<string> =>
  (await rig.admin.createCollection({ name: code, code, description: null }))?.id ?? "";

describe("lists as the pages ask for them", () => {
  it("filter collections by a part of their name, and ignore an empty part", async () => {
    await collection("staff");
    await collection("visitors");
    expect(names(await rig.send("GET", "/collections?like_name=VISIT"))).toEqual(["visitors"]);
    expect(names(await rig.send("GET", "/collections?like_name="))).toEqual(["staff", "visitors"]);
    expect(names(await rig.send("GET", "/collections?like_name=nobody"))).toEqual([]);
  });

  it("sort people by sortBy and sortOrder", async () => {
    await rig.enrol("Ada", 1);
    await rig.enrol("Bob", 2);
    expect(names(await rig.send("GET", "/persons?sortBy=name&sortOrder=desc"))).toEqual(["Bob", "Ada"]);
    expect(names(await rig.send("GET", "/persons?sortBy=name&sortOrder=asc"))).toEqual(["Ada", "Bob"]);
  });

  it("give everybody for a project type, more than ten, a page of 100", async () => {
    for (let i = 0; i < 12; i++) await rig.enrol(`Person ${i}`, i);
    expect(names(await rig.send("GET", "/persons/project-type/onboarding"))).toHaveLength(12);
    expect(names(await rig.send("GET", "/persons/project-type/onboarding?limit=5"))).toHaveLength(5);
    await collection("staff");
    expect(names(await rig.send("GET", "/collections/project-type/onboarding"))).toEqual(["staff"]);
  });
});

describe("a picture sent to a project type", () => {
  it("lists the people it shows and the collections they are in, whichever way the page writes its words", async () => {
    const staff = await collection("staff");
    await collection("visitors");
    await rig.enrol("Ada", 1, [staff]);
    await rig.enrol("Bob", 2);
    for (const words of [{ searchMode: "FAST", minScore: 0.7 }, { search_mode: "accurate", min_score: "0.7" }, {}]) {
      const body = { image: ada, ...words, page: 1 };
      expect(names(await rig.post("/persons/project-type/onboarding", body))).toEqual(["Ada"]);
      expect(names(await rig.post("/collections/project-type/onboarding", body))).toEqual(["staff"]);
    }
    expect(names(await rig.post("/collections/project-type/onboarding", { image: bob }))).toEqual([]);
    const stranger = (await colourPhoto(3)).toString("base64");
    expect(names(await rig.post("/persons/project-type/onboarding", { image: stranger }))).toEqual([]);
  });

  it("is no way around the scopes, and says what is wrong with the picture", async () => {
    const only = (token: string, body?: object) => rig.post("/persons/project-type/x", body, { token });
    expect((await only(TOKENS.read, { image: ada })).status).toBe(403);
    expect(await only(TOKENS.search, { image: "x" })).toMatchObject({ status: 412 });
    expect(await only(TOKENS.search, {})).toMatchObject({ status: 400, json: { code: "MissingParameter" } });
    expect(await only(TOKENS.search, { images: [ada, bob] })).toMatchObject({ status: 400 });
    expect(await only(TOKENS.search, { image: ada, minScore: 2 })).toMatchObject({ status: 400 });
  });
});

describe("what the pages make of answers", () => {
  it("a record sent back whole, with marks of the page's own, keeps its memberships", async () => {
    await collection("staff");
    const made = await rig.post("/persons", {
      name: "Ada",
      images: [ada],
      collections: ["staff"],
      email: "",
      phone: "1",
    });
    const record = dataOf<{ _id: string }>(made);
    const saved = await rig.send("PUT", `/persons/${record._id}`, { ...record, isSelected: true, client: "c", __v: 0 });
    expect(saved).toMatchObject({ status: 200, json: { data: { collections: ["staff"] } } });
  });

  it("an active user's search never shows liveness as passed, nor a score of it", async () => {
    await rig.enrol("Ada", 1);
    const body = { image: ada, os: "DESKTOP", liveness_min_score: 0.6, min_score: 0.7, search_mode: "FAST" };
    const { persons, liveness } = dataOf<{ persons: { name: string }[]; liveness: object }>(
      await rig.post("/search-active-user", body),
    );
    expect(persons.map(({ name }) => name)).toEqual(["Ada"]);
    expect(liveness).toEqual({ status: "not_checked", passed: false, score: null });
  });

  it("a refused liveness has no match, no passed and no score in any place where a page looks", async () => {
    const calls = [
      "/compare-live",
      "/compare-with-liveness",
      "/liveness",
      "/search-live-face",
      "/persons/search-live-face",
    ];
    for (const path of calls) {
      const { status, json } = await rig.post(path, { probe: ada, gallery: [ada], os: "DESKTOP", cropFace: true });
      expect({ path, status }).toEqual({ path, status: 409 });
      const text = JSON.stringify(json);
      expect(text).not.toMatch(/"(score|liveness_score)":/);
      expect(text).not.toContain('"passed":true');
      expect(json).toMatchObject({ data: { passed: false, result: { passed: false }, liveness: { passed: false } } });
    }
  });
});
