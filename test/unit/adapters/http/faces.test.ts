import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { colourPhoto } from "../../../fakes/colour-finder";
import { templateOf } from "../../../fakes/faces";
import { type ApiRig, openApiRig } from "../../../fixtures/api-rig";

interface Match {
  readonly data: { readonly match: { readonly score: number } | null };
}

let rig: ApiRig;
let ada: string;
let bob: string;

beforeEach(async () => {
  rig = await openApiRig();
  ada = (await colourPhoto(1)).toString("base64");
  bob = (await colourPhoto(2)).toString("base64");
});

afterEach(() => rig[Symbol.asyncDispose]());

describe("POST /compare", () => {
  it("says how alike and whether that is enough, the mode being optional", async () => {
    expect(await rig.post("/compare", { probe: [ada], gallery: [ada, ada] })).toMatchObject({
      status: 200,
      json: { data: { score: 1, passed: true, compare_min_score: 0.85 } },
    });
    expect(
      await rig.post("/compare", { probe: ada, gallery: bob, compare_min_score: 0.67, search_mode: "ACCURATE" }),
    ).toMatchObject({
      json: { data: { score: 0, passed: false, compare_min_score: 0.67 } },
    });
  });

  it("needs both sides, a face on each, and no words that promise more", async () => {
    const nobody = (await colourPhoto(1, 0)).toString("base64");
    expect(await rig.post("/compare", { probe: [ada] })).toMatchObject({ status: 400 });
    expect(await rig.post("/compare", { probe: [ada], gallery: [ada, ada, ada, ada] })).toMatchObject({ status: 400 });
    expect(await rig.post("/compare", { probe: [ada], gallery: [nobody] })).toMatchObject({
      status: 400,
      json: { code: "no_face_detected" },
    });
    expect(await rig.post("/compare", { probe: [ada], gallery: [ada], liveness_min_score: 0.6 })).toMatchObject({
      status: 400,
    });
  });
});

describe("POST /verify", () => {
  it("answers with the person or null, and 404 for nobody", async () => {
    const staff = await rig.admin.createCollection({ name: "Staff", code: "staff", description: null });
    await rig.admin.createCollection({ name: "Lab", code: "lab", description: null });
    const { id } = await rig.enrol("Ada", 1, [staff?.id ?? ""]);
    const verify = (change: object) => rig.post("/verify", { id, images: [ada], ...change });
    expect(await verify({})).toMatchObject({ status: 200, json: { data: { match: { id, score: 1 } } } });
    expect(await verify({ collection_id: "staff" })).toMatchObject({ json: { data: { match: { id } } } });
    expect(await verify({ collection_id: "lab" })).toMatchObject({ json: { data: { match: null } } });
    expect(await verify({ images: [bob] })).toMatchObject({ json: { data: { match: null } } });
    expect(await verify({ images: [bob], min_score: 0 })).toMatchObject({ json: { data: { match: null } } });
    expect(await verify({ id: "0".repeat(24) })).toMatchObject({ status: 404, json: { code: "PERSON_NOT_FOUND" } });
    await rig.admin.updatePerson(id, { active: false });
    expect(await verify({})).toMatchObject({ json: { data: { match: null } } });
  });

  it("counts the mean of somebody's faces as one face more, as a search does", async () => {
    const { id } = await rig.enrol("Ada", 1, []);
    // Ada turned to one side and the other: each 0.9 to the picture, which is the face between them.
    const turned = [1, -1].map((side) => {
      const template = templateOf(1, "model-a", 32);
      template.values[1] = 0.9;
      template.values[2] = side * Math.sqrt(0.19);
      return { template, thumbnail: null };
    });
    const scoreOf = async () => ((await rig.post("/verify", { id, images: [ada] })).json as Match).data.match?.score;
    await rig.admin.updatePerson(id, { faces: turned.slice(0, 1) });
    expect(await scoreOf()).toBeCloseTo(0.962, 4);
    await rig.admin.updatePerson(id, { faces: turned });
    expect(await scoreOf()).toBe(1);
  });
});

describe("POST /detect", () => {
  it("tells where faces are, in the pixels of the picture that was sent", async () => {
    const crowd = (await colourPhoto(1, 2)).toString("base64");
    const answer = await rig.post("/detect", { image: crowd });
    expect(answer).toMatchObject({
      status: 200,
      json: { data: { face_count: 2, faces: [{ bounding_box: { left: 40, top: 40, right: 200, bottom: 240 } }, {}] } },
    });
    const [face] = (answer.json as { data: { faces: Record<string, unknown>[] } }).data.faces;
    expect(face?.["box"]).toEqual(face?.["bounding_box"]);
    expect(face?.["landmarks"]).toHaveLength(5);
    expect(face).not.toHaveProperty("persons");
    const bare = await rig.post("/detect", { image: crowd, return_landmarks: false, return_attributes: true });
    expect(JSON.stringify(bare.json)).not.toContain("landmarks");
  });

  it("finds nobody without an error", async () => {
    const nobody = (await colourPhoto(1, 0)).toString("base64");
    expect(await rig.post("/detect", { image: nobody })).toMatchObject({
      status: 200,
      json: { data: { faces: [], face_count: 0 } },
    });
  });

  it("says whose faces they are when a search is asked for, in either form", async () => {
    await rig.enrol("Ada", 1);
    for (const words of [{ min_score: 0.8, search_mode: "FAST" }, { search: {} }, { search: { min_score: "0.9" } }]) {
      expect(await rig.post("/detect", { images: [ada], ...words })).toMatchObject({
        json: { data: { faces: [{ persons: [{ name: "Ada" }] }] } },
      });
    }
    expect(await rig.post("/detect", { image: ada, collection_id: "nowhere" })).toMatchObject({ status: 404 });
    expect(await rig.post("/detect", { images: [ada, ada] })).toMatchObject({ status: 400 });
  });
});

describe("other searches", () => {
  it("search crops the same way, and once more with a border when no face is seen", async () => {
    await rig.enrol("Ada", 1);
    expect(await rig.post("/search/crops", { images: [ada] })).toMatchObject({ json: { data: [{ name: "Ada" }] } });
    const widths: number[] = [];
    const { find } = rig.finder;
    rig.finder.find = async (picture) => {
      widths.push(picture.width);
      return picture.width === 320 ? [] : find({ ...picture, rgb: picture.rgb.subarray(picture.rgb.length / 2) });
    };
    await rig.post("/search/crops", { images: [ada] });
    expect(widths).toEqual([320, 640]);
  });

  it("search an active user without claiming that liveness passed", async () => {
    await rig.enrol("Ada", 1);
    const body = { image: ada, os: "DESKTOP", min_score: 0.8, liveness_min_score: 0.6, search_mode: "FAST" };
    expect(await rig.post("/search-active-user", body)).toMatchObject({
      status: 200,
      json: { data: { persons: [{ name: "Ada" }], liveness: { status: "not_checked", passed: false, score: null } } },
    });
  });
});

describe("liveness, which nobody here can vouch for", () => {
  it.each([
    ["/liveness"],
    ["/search-live-face"],
    ["/compare-live"],
    ["/compare-with-liveness"],
    ["/persons/search-live-face"],
  ])("%s is refused so that no client can read a pass", async (path) => {
    const body = { image: ada, images: [ada], probe: ada, gallery: [ada], os: "DESKTOP", liveness_min_score: 0.6 };
    const { status, json } = await rig.post(path, body);
    expect({ status, json }).toMatchObject({
      status: 409,
      json: {
        error: "Conflict",
        code: "liveness_unavailable",
        message: expect.stringContaining("liveness_unavailable"),
        data: { passed: false, result: { passed: false }, liveness: { passed: false, result: { passed: false } } },
      },
    });
    expect(JSON.stringify(json)).not.toMatch(/"passed":true|_score/);
    expect(rig.finder.described).toEqual([]);
    expect((await rig.gallery.people()).length).toBe(0);
  });
});
