import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { PersonOrder } from "#ports/gallery-admin";
import { allFaces } from "../../../fakes/all-faces";
import { colourPhoto } from "../../../fakes/colour-finder";
import { type ApiRig, openApiRig, TOKENS } from "../../../fixtures/api-rig";

let rig: ApiRig;
let ada: string;
let bob: string;

beforeEach(async () => {
  rig = await openApiRig();
  ada = (await colourPhoto(1)).toString("base64");
  bob = (await colourPhoto(2)).toString("base64");
});

afterEach(() => rig[Symbol.asyncDispose]());

interface Kept {
  _id: string;
  name: string;
  collections: string[];
  thumbnails: { id: string; thumbnail: string }[];
  look_alikes?: { name: string; score: number }[];
}
const dataOf = <T>(answer: { json: unknown }): T => (answer.json as { data: T }).data;
const create = async (body: object): Promise<Kept> => {
  const answer = await rig.post("/persons", body);
  expect(answer.status).toBe(200);
  return dataOf<Kept>(answer);
};
const collection = async (code: string): Promise<string> => {
  const made = await rig.admin.createCollection({ name: code, code, description: null });
  return made?.id ?? "";
};
const list = async (query = ""): Promise<string[]> =>
  dataOf<Kept[]>(await rig.send("GET", `/persons${query}`)).map(({ name }) => name);

describe("POST /persons", () => {
  it("enrols somebody who is found from then on, and answers with every documented key", async () => {
    await collection("staff");
    const answer = await rig.post("/persons", {
      name: " Ada Lovelace ",
      images: [ada, ada],
      gender: "F",
      date_of_birth: "1815-12-10",
      nationality: "British",
      collections: ["staff"],
      notes: "first",
    });
    expect(answer).toMatchObject({
      status: 200,
      json: {
        id: expect.stringMatching(/^[a-z0-9]{5}$/),
        signature: { message: expect.any(String) },
        data: {
          _id: expect.stringMatching(/^[0-9a-f]{24}$/),
          name: "Ada Lovelace",
          gender: "F",
          date_of_birth: "1815-12-10",
          nationality: "British",
          notes: "first",
          status: "active",
          collections: ["staff"],
          createdAt: expect.stringMatching(/Z$/),
          updatedAt: expect.stringMatching(/Z$/),
          create_date: expect.stringMatching(/\.\d{6}$/),
        },
      },
    });
    const { thumbnails, _id } = dataOf<Kept>(answer);
    expect(thumbnails).toHaveLength(2);
    expect(
      Buffer.from(thumbnails[0]?.thumbnail ?? "", "base64")
        .subarray(0, 3)
        .toString("hex"),
    ).toBe("ffd8ff");
    const found = await rig.post("/search", { images: [ada], collection_id: "staff" });
    expect(dataOf<{ id: string; score: number }[]>(found)).toMatchObject([{ id: _id, score: 1 }]);
  });

  it("ignores what it does not know, and takes emptiness as unknown", async () => {
    const person = await create({
      name: "Ada",
      images: ada,
      email: "a@b.c",
      phone: "1",
      _id: "f".repeat(24),
      notes: "",
      nationality: "",
      gender: null,
      date_of_birth: "",
    });
    expect(person).toMatchObject({ notes: null, nationality: null, gender: null, date_of_birth: null });
    expect(person._id).not.toBe("f".repeat(24));
  });

  it.each<[unknown, string | null]>([
    ["1995-05-07", "1995-05-07"],
    ["1995-05-07T00:00:00.000Z", "1995-05-07"],
    [{ year: 1995, month: 5, day: 7 }, "1995-05-07"],
    [null, null],
  ])("reads %j as a day of birth", async (date_of_birth, wanted) => {
    expect(await create({ name: "Ada", images: ada, date_of_birth })).toMatchObject({ date_of_birth: wanted });
  });

  it.each<[string, object]>([
    ["no name", { images: "x" }],
    ["an empty name", { name: "  " }],
    ["a name of 101 characters", { name: "n".repeat(101) }],
    ["another gender's letter", { gender: "X" }],
    ["a day that never was", { date_of_birth: "1995-02-30" }],
    ["a day in words", { date_of_birth: "7 May 1995" }],
    ["no picture", { images: undefined }],
    ["an empty list of pictures", { images: [] }],
    ["notes without end", { notes: "n".repeat(501) }],
    ["a collection without a name", { collections: [{}] }],
  ])("refuses %s and writes nothing", async (what, change) => {
    const body = what === "no name" ? { images: [ada] } : { name: "Ada", images: [ada], ...change };
    expect(await rig.post("/persons", body)).toMatchObject({ status: 400, json: { error: "Invalid request" } });
    expect(await list()).toEqual([]);
  });

  it("refuses a collection nobody made with 404", async () => {
    expect(await rig.post("/persons", { name: "Ada", images: ada, collections: ["nowhere"] })).toMatchObject({
      status: 404,
      json: { message: "invalid_collection" },
    });
  });

  it.each<[string, { faces?: number; faceHeight?: number; norm?: number }, string]>([
    ["nobody", { faces: 0 }, "no_face_detected"],
    ["several people", { faces: 2 }, "multiple_faces_detected"],
    ["a face that is too small", { faceHeight: 40 }, "face_too_far"],
    ["a face too blurred to be known again", { norm: 3.1 }, "face_occluded"],
  ])("refuses a picture of %s", async (_, { faces = 1, ...changes }, code) => {
    Object.assign(rig.finder, changes);
    const image = (await colourPhoto(1, faces)).toString("base64");
    expect(await rig.post("/persons", { name: "Ada", images: [image] })).toMatchObject({ status: 400, json: { code } });
    expect(await list()).toEqual([]);
  });

  it("says in the words clients know that there is more than one face", async () => {
    const crowd = (await colourPhoto(1, 2)).toString("base64");
    expect(await rig.post("/persons", { name: "A", images: crowd })).toMatchObject({
      json: { message: "the image has more than one face" },
    });
  });

  it("refuses pictures of two people", async () => {
    expect(await rig.post("/persons", { name: "Ada", images: [ada, bob] })).toMatchObject({
      status: 400,
      json: { code: "different_persons" },
    });
  });

  it("keeps a photo of the face only where the site wants one, and never answers with it", async () => {
    const seen: (Uint8Array | undefined)[] = [];
    const { admin } = rig;
    const watched = {
      ...admin,
      createPerson: (order: PersonOrder) => {
        seen.push(order.faces[0]?.photo);
        return admin.createPerson(order);
      },
    };
    const photoOf = async () => Buffer.from("a photo that is kept");
    for (const keeper of [{}, { photoOf }]) {
      await using site = await openApiRig({ parts: { ...rig.options.parts, admin: watched, ...keeper } });
      const image = seen.length === 0 ? ada : bob;
      const answer = await site.post("/persons", { name: `Person ${seen.length}`, images: [image] });
      expect(answer.status).toBe(200);
      expect(JSON.stringify(answer.json)).not.toContain(Buffer.from("a photo that is kept").toString("base64"));
    }
    expect(seen.map((photo) => photo && String(photo))).toEqual([undefined, "a photo that is kept"]);
  });

  it("answers 412 with the person who is there for the same name and day in the same collection", async () => {
    await collection("staff");
    await collection("lab");
    const body = { name: "Ada", images: ada, date_of_birth: "1815-12-10", collections: ["staff"] };
    const first = await create(body);
    expect(await rig.post("/persons", { ...body, name: "ADA", images: bob })).toMatchObject({
      status: 412,
      json: {
        error: "Precondition failed",
        message: "person_already_set",
        code: "PreconditionFailed",
        data: { _id: first._id },
      },
    });
    await create({ ...body, collections: ["lab"], images: bob });
    const third = (await colourPhoto(3)).toString("base64");
    await create({ ...body, date_of_birth: "1990-01-01", images: third });
    expect(await list()).toHaveLength(3);
  });
});

describe("GET /persons", () => {
  beforeEach(async () => {
    const staff = await collection("staff");
    await collection("lab");
    await rig.enrol("Émile", 1, [staff]);
    await rig.enrol("Bob", 2, [staff]);
    await rig.enrol("Zoë", 3);
  });

  it("lists a page at a time and never refuses a number", async () => {
    expect(await rig.send("GET", "/persons?limit=2&page=2")).toMatchObject({
      status: 200,
      json: { data: [{ name: "Zoë" }], total: 3, pagination: { page: 2, limit: 2, total: 3, pages: 2 } },
    });
    expect(await rig.send("GET", "/persons?limit=200")).toMatchObject({ json: { pagination: { limit: 100 } } });
    for (const query of ["limit=abc", "limit=-1", "page=0", "limit=1e9", "page=999999999999", "what=ever"]) {
      expect(await rig.send("GET", `/persons?${query}`)).toMatchObject({ status: 200 });
    }
    expect(await list("?take=1&skip=1")).toEqual(["Émile"]);
  });

  it("respects the collection filter in every form, and an unknown one lists nobody", async () => {
    expect(await list("?collection=staff")).toEqual(["Bob", "Émile"]);
    expect(await list("?in_collections=staff")).toEqual(["Bob", "Émile"]);
    expect(await list("?in_collections=lab&in_collections=staff")).toEqual(["Bob", "Émile"]);
    expect(await list("?in_collections=lab,staff")).toEqual(["Bob", "Émile"]);
    expect(await list("?in_collections=lab")).toEqual([]);
    expect(await list("?collection=nowhere")).toEqual([]);
  });

  it("finds names without their case and accents, and no wildcards", async () => {
    expect(await list("?like_name=EMI")).toEqual(["Émile"]);
    expect(await list("?search=zo")).toEqual(["Zoë"]);
    expect(await list("?like_name=%25")).toEqual([]);
  });

  it("sorts by name or time, up or down", async () => {
    expect(await list()).toEqual(["Bob", "Émile", "Zoë"]);
    expect(await list("?sort=-name")).toEqual(["Zoë", "Émile", "Bob"]);
    expect(await list("?sort_by=name&order=desc")).toEqual(["Zoë", "Émile", "Bob"]);
    expect(await list("?sort=createdAt%3BDROP")).toEqual(["Bob", "Émile", "Zoë"]);
  });

  it("does not mind a content type without a body", async () => {
    const headers = { "content-type": "application/json" };
    expect(await rig.send("GET", "/persons", undefined, { headers })).toMatchObject({ status: 200 });
    const [person] = (await rig.gallery.people()).slice(0, 1);
    expect(await rig.send("DELETE", `/persons/${person?.id}`, undefined, { headers })).toMatchObject({ status: 200 });
  });

  it("looks names up", async () => {
    expect(await rig.send("GET", "/persons/lookup?name=emil")).toMatchObject({
      status: 200,
      json: { data: [{ name: "Émile" }], total: 1 },
    });
    expect(await rig.send("GET", "/persons/lookup?name=nobody")).toMatchObject({
      status: 200,
      json: { data: [], total: 0 },
    });
    for (const query of ["", "?name=em", "?name=e12345"]) {
      expect(await rig.send("GET", `/persons/lookup${query}`)).toMatchObject({ status: 400 });
    }
  });
});

describe("one person", () => {
  it("is read, and unknown ones are 404", async () => {
    const { _id } = await create({ name: "Ada", images: ada });
    expect(await rig.send("GET", `/persons/${_id}`)).toMatchObject({
      status: 200,
      json: { data: { _id, name: "Ada" } },
    });
    for (const [method, path] of [
      ["GET", ""],
      ["PUT", ""],
      ["DELETE", ""],
      ["DELETE", "/faces/x"],
      ["POST", "/faces"],
    ] as const) {
      const body = method === "PUT" ? { name: "x" } : method === "POST" ? { images: ada } : undefined;
      expect(await rig.send(method, `/persons/${"0".repeat(24)}${path}`, body)).toMatchObject({
        status: 404,
        json: { error: "Not found", message: "PERSON_NOT_FOUND" },
      });
    }
  });

  it("takes its whole record back without losing anything", async () => {
    await collection("staff");
    const before = await create({
      name: "Ada",
      images: ada,
      collections: ["staff"],
      gender: "F",
      date_of_birth: "1815-12-10",
    });
    const answer = await rig.send("PUT", `/persons/${before._id}`, {
      ...before,
      client: "c",
      selected: true,
      images: [],
    });
    expect(answer.status).toBe(200);
    expect({ ...dataOf<object>(answer), updatedAt: 0, modified_date: 0 }).toEqual({
      ...before,
      updatedAt: 0,
      modified_date: 0,
    });
  });

  it("changes only what is sent; pictures replace every face", async () => {
    await collection("staff");
    const { _id } = await create({ name: "Ada", images: [ada, ada], collections: ["staff"], notes: "n" });
    expect(await rig.send("PUT", `/persons/${_id}`, { name: "Bob", images: [bob] })).toMatchObject({
      status: 200,
      json: { data: { name: "Bob", notes: "n", collections: ["staff"], thumbnails: [{ id: expect.any(String) }] } },
    });
    expect(dataOf<unknown[]>(await rig.post("/search", { images: [ada] }))).toEqual([]);
    expect(dataOf<Kept[]>(await rig.post("/search", { images: [bob] }))).toMatchObject([{ name: "Bob" }]);
  });

  it("can be suspended: kept, not found", async () => {
    const { _id } = await create({ name: "Ada", images: ada });
    expect(await rig.send("PUT", `/persons/${_id}`, { status: "inactive" })).toMatchObject({
      json: { data: { status: "inactive" } },
    });
    expect(dataOf<unknown[]>(await rig.post("/search", { images: [ada] }))).toEqual([]);
    expect(await list("?status=inactive")).toEqual(["Ada"]);
    expect(await rig.send("PUT", `/persons/${_id}`, { status: "disabled" })).toMatchObject({ status: 400 });
  });

  it("is deleted for good, or only taken out of a collection", async () => {
    await collection("staff");
    await collection("lab");
    await collection("other");
    const { _id } = await create({ name: "Ada", images: ada, collections: ["staff", "lab"] });
    const remove = (query: string) => rig.send("DELETE", `/persons/${_id}${query}`);
    expect(await remove("?collection=")).toMatchObject({ status: 400 });
    expect(await remove("?collection=nowhere")).toMatchObject({ status: 404 });
    expect(await remove("?collection=other")).toMatchObject({ status: 404 });
    expect(await remove("?collection=staff")).toMatchObject({ status: 200, json: { data: { _id, deleted: false } } });
    expect(await rig.send("GET", `/persons/${_id}`)).toMatchObject({ json: { data: { collections: ["lab"] } } });
    expect(await remove("?collection=lab")).toMatchObject({ status: 200, json: { data: { _id, deleted: true } } });
    expect(await list()).toEqual([]);
    const again = await create({ name: "Ada", images: ada, collections: ["staff", "lab"] });
    expect(await rig.send("DELETE", `/persons/${again._id}`)).toMatchObject({
      status: 200,
      json: { data: { _id: again._id } },
    });
    expect(await allFaces(rig.gallery, "model-a")).toEqual([]);
  });

  it("gets and loses single faces, never of somebody else, never the last", async () => {
    const { _id, thumbnails } = await create({ name: "Ada", images: ada });
    const add = (image: string) => rig.post(`/persons/${_id}/faces`, { images: [image] });
    expect(await add(bob)).toMatchObject({ status: 400, json: { code: "different_persons" } });
    expect(dataOf<Kept>(await add(ada)).thumbnails).toHaveLength(2);
    const first = `/persons/${_id}/faces/${thumbnails[0]?.id}`;
    const left = dataOf<Kept>(await rig.send("DELETE", first)).thumbnails;
    expect(left).toHaveLength(1);
    expect(await rig.send("DELETE", first)).toMatchObject({ status: 404, json: { code: "FACE_NOT_FOUND" } });
    expect(await rig.send("DELETE", `/persons/${_id}/faces/${left[0]?.id}`)).toMatchObject({
      status: 409,
      json: { error: "Conflict", code: "last_face" },
    });
  });
});

describe("collections", () => {
  const made = async (body: object) =>
    dataOf<{ _id: string; code: string; count: number }>(await rig.post("/collections", body));

  it("are made, listed, read, renamed and deleted, their people stay", async () => {
    const answer = await rig.post("/collections", { name: "Staff", description: "us", client: "c" });
    expect(answer.status).toBe(200);
    expect(answer.json).toEqual({
      data: {
        _id: expect.stringMatching(/^[0-9a-f]{24}$/),
        id: expect.any(String),
        code: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4/),
        name: "Staff",
        description: "us",
        count: 0,
        deleted: false,
        createdAt: expect.any(String),
        updatedAt: expect.any(String),
      },
    });
    const { _id, code } = dataOf<{ _id: string; code: string }>(answer);
    await create({ name: "Ada", images: ada, collections: [code] });
    expect(await rig.send("GET", "/collections")).toMatchObject({ json: { data: [{ _id, count: 1 }] } });
    expect(await rig.send("GET", `/collections/${code}`)).toMatchObject({ json: { data: { _id } } });
    const renamed = { ...dataOf<object>(answer), name: "Team" };
    expect(await rig.send("PUT", `/collections/${_id}`, renamed)).toMatchObject({
      status: 200,
      json: { data: { name: "Team", code, description: "us", count: 1 } },
    });
    expect(await rig.send("DELETE", `/collections/${_id}`)).toMatchObject({
      json: { data: { _id, name: "Team", deleted: true } },
    });
    expect(await rig.send("GET", `/collections/${_id}`)).toMatchObject({
      status: 404,
      json: { message: "invalid_collection" },
    });
    expect(await list()).toEqual(["Ada"]);
  });

  it("may carry the code a configuration uses, once", async () => {
    expect(await made({ name: "Staff", code: "staff" })).toMatchObject({ code: "staff" });
    expect(await rig.post("/collections", { name: "Again", code: "staff" })).toMatchObject({
      status: 409,
      json: { code: "collection_exists" },
    });
    for (const body of [
      {},
      { name: "" },
      { name: "n".repeat(51) },
      { name: "n", code: "A B" },
      { name: "n", description: "d".repeat(101) },
    ]) {
      expect(await rig.post("/collections", body)).toMatchObject({ status: 400 });
    }
  });

  it("reconcile their people, all or nothing", async () => {
    const { _id } = await made({ name: "Staff" });
    const a = await rig.enrol("Ada", 1);
    const b = await rig.enrol("Bob", 2);
    const put = (people: unknown) => rig.send("PUT", `/collections/${_id}`, { people });
    expect(await put([a.id, { _id: b.id }])).toMatchObject({ json: { data: { count: 2 } } });
    expect(await put([b.id, "0".repeat(24)])).toMatchObject({ status: 404, json: { message: "PERSON_NOT_FOUND" } });
    expect(await list(`?collection=${_id}`)).toEqual(["Ada", "Bob"]);
    expect(await put([b.id])).toMatchObject({ json: { data: { count: 1 } } });
    expect(await list(`?collection=${_id}`)).toEqual(["Bob"]);
  });

  it("pass people on to each other", async () => {
    const from = await made({ name: "From" });
    const to = await made({ name: "To" });
    const a = await rig.enrol("Ada", 1, [from._id]);
    const b = await rig.enrol("Bob", 2);
    const move = (toCollection: unknown) =>
      rig.post("/collections/move-people", { fromCollection: from, toCollection, peopleIds: [a.id, b.id, "nobody"] });
    expect(await move("nowhere")).toMatchObject({ status: 404 });
    expect(await move(to.code)).toMatchObject({ status: 200, json: { data: { moved: 1 } } });
    expect(await list(`?collection=${from.code}`)).toEqual([]);
    expect(await list(`?collection=${to.code}`)).toEqual(["Ada"]);
  });
});

describe("what a token may do", () => {
  it("is settled by its scope for every route", async () => {
    const description = await rig.send("GET", "//openapi.json", undefined, { token: null });
    const { paths } = description.json as { paths: Record<string, Record<string, { "x-scope": string }>> };
    const calls = Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { "x-scope": scope }]) => ({ path, method, scope })),
    );
    expect(calls.length).toBeGreaterThan(15);
    for (const { path, method, scope } of calls) {
      for (const holder of ["search", "read", "write"] as const) {
        const { status } = await rig.send(method.toUpperCase(), `/${path}`, undefined, { token: TOKENS[holder] });
        expect({ path, method, holder, isLetIn: status !== 403 }).toEqual({
          path,
          method,
          holder,
          isLetIn: holder === scope,
        });
      }
      expect((await rig.send(method.toUpperCase(), `/${path}`, undefined, { token: null })).status).toBe(401);
    }
  });
});
