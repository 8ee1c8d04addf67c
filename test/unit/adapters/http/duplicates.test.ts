import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { colourPhoto } from "../../../fakes/colour-finder";
import { type ApiRig, openApiRig } from "../../../fixtures/api-rig";

/** One face under two names would lock both out: a door wants the first to be clear of the second. */

let rig: ApiRig;
let ada: string;
let bob: string;

beforeEach(async () => {
  rig = await openApiRig();
  ada = (await colourPhoto(1)).toString("base64");
  bob = (await colourPhoto(2)).toString("base64");
});

afterEach(() => rig[Symbol.asyncDispose]());

interface Enrolled {
  readonly _id: string;
  readonly look_alikes?: { readonly name: string; readonly score: number }[];
}
const dataOf = (answer: { json: unknown }): Enrolled => (answer.json as { data: Enrolled }).data;
const enrolled = async (): Promise<string[]> => (await rig.gallery.people()).map(({ name }) => name);
const refusedAs = (name: string) => ({
  status: 412,
  json: { error: "Precondition failed", code: "PreconditionFailed", message: "person_already_set", data: { name } },
});

/** Somebody this much like the person of that number, as a cosine. */
async function enrolLookAlike(name: string, person: number, cosine: number): Promise<void> {
  const values = new Float32Array(32);
  values[person] = cosine;
  values[31] = Math.sqrt(1 - cosine * cosine);
  const faces = [{ template: { modelId: "model-a", values, norm: 3.6 }, thumbnail: null }];
  const details = { notes: null, gender: null, dateOfBirth: null, nationality: null };
  await rig.admin.createPerson({ name, collections: [], faces, ...details });
}

describe("a face that is enrolled already as somebody else", () => {
  it("is refused with the person who has it, and nothing is written", async () => {
    await rig.enrol("Ada", 1);
    expect(await rig.post("/persons", { name: "Beth", images: [ada] })).toMatchObject(refusedAs("Ada"));
    expect(await rig.post("/persons", { name: "Beth", images: [ada], allow_duplicate: false })).toMatchObject(
      refusedAs("Ada"),
    );
    expect(await enrolled()).toEqual(["Ada"]);
  });

  it("is enrolled when the request says so, with a warning that names the pair", async () => {
    await rig.enrol("Ada", 1);
    const answer = await rig.post("/persons", { name: "Ada's twin", images: [ada], allow_duplicate: true });
    expect(answer).toMatchObject({ status: 200, json: { data: { look_alikes: [{ name: "Ada", score: 1 }] } } });
    expect(await rig.post("/persons", { name: "Eve", images: [ada], allow_duplicate: "yes" })).toMatchObject({
      status: 400,
      json: { message: expect.stringContaining("allow_duplicate") },
    });
  });

  it("does not become anybody's by a PUT of pictures, and the person keeps what they had", async () => {
    await rig.enrol("Ada", 1);
    const { id } = await rig.enrol("Bob", 2);
    const put = (body: object) => rig.send("PUT", `/persons/${id}`, body);
    expect(await put({ name: "Robert", images: [ada] })).toMatchObject(refusedAs("Ada"));
    expect(await enrolled()).toEqual(["Ada", "Bob"]);
    expect(await rig.admin.templatesOf(id, "model-a")).toMatchObject([{ values: { 2: 1 } }]);
    expect(dataOf(await put({ images: [bob] })).look_alikes).toBeUndefined();
    expect(dataOf(await put({ images: [ada], allow_duplicate: true })).look_alikes).toMatchObject([{ name: "Ada" }]);
  });

  it("does not become anybody's as one more face", async () => {
    await rig.enrol("Ada", 1);
    const both = new Float32Array(32);
    both[1] = both[2] = Math.SQRT1_2;
    const { id } = await rig.enrol("Bob", 2);
    await rig.admin.addFaces(id, [{ template: { modelId: "model-a", values: both, norm: 3.6 }, thumbnail: null }]);
    // Ada's face looks enough like Bob's second one to be taken for his, and is hers.
    const add = (more: object = {}) => rig.post(`/persons/${id}/faces`, { images: [ada], ...more });
    expect(await add()).toMatchObject(refusedAs("Ada"));
    expect((await rig.gallery.person(id))?.faces).toBe(2);
    expect(dataOf(await add({ allow_duplicate: true })).look_alikes).toMatchObject([{ name: "Ada" }]);
  });

  it("gets in once when it is sent twice at the same moment", async () => {
    const answers = await Promise.all(["Ada", "Beth"].map((name) => rig.post("/persons", { name, images: [ada] })));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412]);
    expect(await enrolled()).toHaveLength(1);
  });

  it("may be sent again for the same person, and be somebody's anew when they are gone", async () => {
    const first = dataOf(await rig.post("/persons", { name: "Ada", images: [ada] }));
    expect(await rig.send("PUT", `/persons/${first._id}`, { images: [ada] })).toMatchObject({ status: 200 });
    expect(await rig.post(`/persons/${first._id}/faces`, { images: [ada] })).toMatchObject({ status: 200 });
    await rig.send("DELETE", `/persons/${first._id}`);
    expect(await rig.post("/persons", { name: "Beth", images: [ada] })).toMatchObject({ status: 200 });
  });
});

describe("a face that is much like somebody else's", () => {
  it("is enrolled, and the answer names who", async () => {
    await enrolLookAlike("Ada", 1, 0.45);
    await enrolLookAlike("Nobody near", 1, 0.39);
    const made = await rig.post("/persons", { name: "Beth", images: [ada] });
    expect(made).toMatchObject({ status: 200 });
    expect(dataOf(made).look_alikes).toEqual([{ id: expect.any(String), name: "Ada", score: 0.729 }]);
    const put = await rig.send("PUT", `/persons/${dataOf(made)._id}`, { images: [ada] });
    expect(dataOf(put).look_alikes).toMatchObject([{ name: "Ada" }]);
  });
});
