import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { colourPhoto } from "../../../fakes/colour-finder";
import { templateOf } from "../../../fakes/faces";
import { type ApiRig, openApiRig, TOKENS } from "../../../fixtures/api-rig";

let rig: ApiRig;
let ada: string;
let bob: string;
let nobody: string;
let crowd: string;

beforeEach(async () => {
  rig = await openApiRig();
  ada = (await colourPhoto(1)).toString("base64");
  bob = (await colourPhoto(2)).toString("base64");
  nobody = (await colourPhoto(1, 0)).toString("base64");
  crowd = (await colourPhoto(2, 3)).toString("base64");
});

afterEach(() => rig[Symbol.asyncDispose]());

const search = (body: unknown, sent?: Parameters<ApiRig["post"]>[2]) => rig.post("/search", body, sent);
const refused = (code: string, message: unknown = expect.any(String)) => ({
  status: 400,
  json: { error: "Invalid request", message, code },
});

describe("POST /search", () => {
  it("answers the contract's 200 to the letter", async () => {
    const staff = await rig.admin.createCollection({ name: "Staff", code: "staff", description: "all of us" });
    const { person } = await rig.admin.createPerson({
      name: "Mateo",
      notes: "an employee",
      gender: "M",
      dateOfBirth: "1995-05-07",
      nationality: "Colombian",
      collections: [staff?.id ?? ""],
      faces: [{ template: templateOf(1, "model-a", 32), thumbnail: new Uint8Array([255, 216, 255]) }],
    });
    const { status, json, headers } = await search({
      images: [ada],
      min_score: 0.7,
      search_mode: "FAST",
      collection_id: "staff",
    });
    expect(status).toBe(200);
    expect(headers.get("content-type")).toMatch(/^application\/json/);
    expect(json).toEqual({
      id: expect.stringMatching(/^[a-z0-9]{5}$/),
      data: [
        {
          id: person.id,
          name: "Mateo",
          notes: "an employee",
          score: 1,
          gender: "M",
          thumbnails: [{ id: person.faces[0]?.id, thumbnail: "/9j/" }],
          collections: [
            {
              id: staff?.id,
              code: "staff",
              name: "Staff",
              description: "all of us",
              count: 1,
              create_date: expect.any(String),
              modified_date: expect.any(String),
            },
          ],
          create_date: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}$/),
          nationality: "Colombian",
          date_of_birth: "1995-05-07",
          modified_date: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}$/),
        },
      ],
      signature: {
        message: expect.stringContaining("Limen"),
        dateTime: expect.stringMatching(/^[A-Z][a-z]+ \d{1,2}, \d{4} \d{1,2}:\d\d (AM|PM)$/),
      },
    });
    const [found] = (json as { data: object[] }).data;
    expect(Object.keys(found ?? {})).toEqual(
      "id name notes score gender thumbnails collections create_date nationality date_of_birth modified_date".split(
        " ",
      ),
    );
    expect(JSON.stringify(json)).not.toContain("Verifik");
  });

  it("finds nobody as an empty list, not as an error", async () => {
    await rig.enrol("Ada", 1);
    expect(await search({ images: [bob] })).toMatchObject({ status: 200, json: { data: [] } });
  });

  it("takes the largest of several faces", async () => {
    await rig.enrol("Bob", 2);
    expect(await search({ images: [crowd] })).toMatchObject({ json: { data: [{ name: "Bob" }] } });
  });

  it("never returns somebody who was suspended, even if the index still knows them", async () => {
    const { id } = await rig.enrol("Ada", 1);
    await rig.admin.updatePerson(id, { active: false });
    rig.search.search = async () => [{ personId: id, score: 1 }];
    expect(await search({ images: [ada] })).toMatchObject({ status: 200, json: { data: [] } });
  });

  it("orders by score and gives at most max_results", async () => {
    for (const name of ["A", "B", "C"]) await rig.enrol(name, 1);
    const { json } = await search({ images: ada, max_results: 2 });
    expect((json as { data: unknown[] }).data).toHaveLength(2);
  });

  it("searches one collection by id or by code, also one nobody is in", async () => {
    const lab = await rig.admin.createCollection({ name: "Lab", description: null });
    const empty = await rig.admin.createCollection({ name: "Empty", code: "empty", description: null });
    await rig.enrol("Ada", 1, [lab?.id ?? ""]);
    for (const collection_id of [lab?.id, lab?.code]) {
      expect(await search({ images: [ada], collection_id })).toMatchObject({ json: { data: [{ name: "Ada" }] } });
    }
    for (const collection_id of [empty?.id, "empty"]) {
      expect(await search({ images: [ada], collection_id })).toMatchObject({ status: 200, json: { data: [] } });
    }
    expect(await search({ images: [ada], collection_id: "nowhere" })).toMatchObject({
      status: 404,
      json: { error: "Not found", message: "invalid_collection", code: "invalid_collection" },
    });
  });
});

describe("what a search may look like", () => {
  beforeEach(() => rig.enrol("Ada", 1));
  const finds = { status: 200, json: { data: [{ name: "Ada" }] } };

  it("takes images, one string, or image; the same in both; not different ones", async () => {
    for (const body of [
      { images: [ada] },
      { images: ada },
      { image: ada },
      { image: [ada] },
      { images: [ada], image: ada },
    ]) {
      expect(await search(body)).toMatchObject(finds);
    }
    expect(await search({ images: [ada], image: bob })).toMatchObject(refused("INVALID_PARAMETERS"));
    expect(await search({})).toMatchObject(refused("MissingParameter", '"images" is required'));
    expect(await search({ images: [] })).toMatchObject(refused("INVALID_PARAMETERS"));
    expect(await search({ images: [ada, ada, ada, ada] })).toMatchObject(
      refused("INVALID_PARAMETERS", expect.stringContaining("at most 3")),
    );
    expect(await search({ images: [7] })).toMatchObject(refused("INVALID_PARAMETERS"));
  });

  it("hands several pictures over as several faces of one probe", async () => {
    await search({ images: [ada, ada, ada] });
    expect(rig.search.requests.at(-1)?.faces).toHaveLength(3);
  });

  it("takes data: URIs, line breaks, base64url and no padding", async () => {
    const url = ada.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
    const wrapped = ada.replace(/(.{60})/g, "$1\r\n");
    for (const image of [`data:image/png;base64,${ada}`, `data:;base64,${url}`, url, wrapped, ` ${ada}\n`]) {
      expect(await search({ images: [image] })).toMatchObject(finds);
    }
  });

  it.each([["FAST"], ["fast"], ["Accurate"], ["ACCURATE"]])("takes %s as the mode", async (search_mode) => {
    expect(await search({ images: [ada], search_mode })).toMatchObject(finds);
    expect(rig.search.requests.at(-1)?.mode).toBe(search_mode.toUpperCase());
  });

  it("looks in ACCURATE at the mirrored face as well, in FAST never", async () => {
    await search({ images: [ada], search_mode: "FAST" });
    expect(rig.finder.described).toHaveLength(1);
    await search({ images: [ada], search_mode: "ACCURATE" });
    expect(rig.finder.described).toHaveLength(3);
  });

  it("uses 0.81, FAST, 10 and everybody when not told otherwise", async () => {
    await search({ images: [ada] });
    expect(rig.search.requests.at(-1)).toMatchObject({
      minScore: 0.81,
      mode: "FAST",
      maxResults: 10,
      collection: null,
    });
  });

  it.each<[unknown, number]>([
    ["0.5", 0.5],
    [".5", 0.5],
    ["1", 1],
    [0, 0],
    [1, 1],
    ["0.70", 0.7],
  ])("takes %j as the lowest score", async (min_score, wanted) => {
    expect(await search({ images: [ada], min_score })).toMatchObject(finds);
    expect(rig.search.requests.at(-1)?.minScore).toBe(wanted);
  });

  it.each<[string, object]>([
    ["a score over 1", { min_score: 1.1 }],
    ["a score below 0", { min_score: -0.1 }],
    ["a score that is no number", { min_score: "high" }],
    ["a score with an exponent", { min_score: "1e-3" }],
    ["an empty score", { min_score: "" }],
    ["null as a score", { min_score: null }],
    ["the placeholder of the mode", { search_mode: "FAST/ACCURATE choose one" }],
    ["another mode", { search_mode: "TURBO" }],
    ["the placeholder of the collection", { collection_id: "ID_OF_COLLECTION" }],
    ["an empty collection", { collection_id: "" }],
    ["a collection that is no text", { collection_id: { $ne: 1 } }],
    ["no results", { max_results: 0 }],
    ["too many results", { max_results: 101 }],
    ["half a result", { max_results: 1.5 }],
    ["a field nobody knows", { threshold: 0.9 }],
    ["the placeholder of the picture", { images: ["base64_encoded_string"] }],
  ])("refuses %s with a sentence", async (_, change) => {
    const { status, json } = await search({ images: [ada], ...change });
    expect({ status, json }).toMatchObject(refused("INVALID_PARAMETERS"));
    expect(rig.search.requests).toEqual([]);
  });

  it("says that no face was found", async () => {
    expect(await search({ images: [nobody] })).toMatchObject(refused("no_face_detected"));
    expect(await search({ images: [ada, nobody] })).toMatchObject(
      refused("no_face_detected", expect.stringContaining("picture 2")),
    );
  });

  it("refuses what is not base64 with 412 and never fetches an address", async () => {
    for (const image of [
      `https://example.org/${"a".repeat(200)}.jpg`,
      "file:///etc/passwd",
      "äöü".repeat(50),
      "QUJD",
    ]) {
      expect(await search({ images: [image] })).toMatchObject({
        status: 412,
        json: { error: "Precondition failed", message: "only_images_in_base64", code: "only_images_in_base64" },
      });
    }
  });

  it("refuses another format with 415 and a damaged picture with 400", async () => {
    const gif = Buffer.concat([Buffer.from("GIF89a"), Buffer.alloc(200)]).toString("base64");
    expect(await search({ images: [gif] })).toMatchObject({ status: 415, json: { code: "unsupported_image_format" } });
    const cut = (await colourPhoto(1)).subarray(0, 120).toString("base64");
    expect(await search({ images: [cut] })).toMatchObject(refused("image_unreadable"));
  });
});

describe("bodies", () => {
  it("must be JSON, in a form the server reads", async () => {
    expect(await search("{")).toMatchObject(refused("malformed_json"));
    expect(await search("[]")).toMatchObject(refused("INVALID_PARAMETERS", "the request's body must be a JSON object"));
    expect(await search("null")).toMatchObject({ status: 400 });
    expect(await search("")).toMatchObject({ status: 400 });
    const body = { images: [ada] };
    expect(await search(body, { headers: { "content-type": "text/plain" } })).toMatchObject({ status: 415 });
    expect(await search(body, { headers: { "content-encoding": "gzip" } })).toMatchObject({ status: 415 });
    await rig.enrol("Ada", 1);
    const odd = { headers: { "content-type": "application/json; charset=utf-8" } };
    expect(await search(body, odd)).toMatchObject({ status: 200 });
  });

  it("over the limit are refused, whatever length they announce", async () => {
    await using small = await openApiRig({ limits: { bodyBytes: 1000 } });
    const big = JSON.stringify({ images: ["A".repeat(2000)] });
    expect(await small.post("/search", big)).toMatchObject({ status: 413, json: { code: "body_too_large" } });
    expect(await small.post("/search", big, { headers: { "content-length": "10" } })).toMatchObject({ status: 413 });
  });
});

describe("tokens", () => {
  it("are asked for with 401 and refused with 403", async () => {
    const missing = await search({ images: [ada] }, { token: null });
    expect(missing).toMatchObject({
      status: 401,
      json: { error: "Unauthorized", message: "Authentication required", code: "UNAUTHORIZED" },
    });
    expect(missing.headers.get("www-authenticate")).toBe('Bearer realm="limen"');
    expect(await search({ images: [ada] }, { token: null, headers: { authorization: "Basic eDp5" } })).toMatchObject({
      status: 401,
    });
    for (const token of [
      "wrong-wrong-wrong-wrong",
      `${TOKENS.all}x`,
      TOKENS.all.slice(0, -1),
      TOKENS.all.toUpperCase(),
    ]) {
      expect(await search({ images: [ada] }, { token })).toMatchObject({
        status: 403,
        json: { error: "Forbidden", message: "invalid_token", code: "FORBIDDEN" },
      });
    }
    expect(await search({ images: [ada] }, { token: TOKENS.read })).toMatchObject({
      status: 403,
      json: { message: expect.stringContaining('"search"') },
    });
    expect(await search({ images: [ada] }, { token: TOKENS.search })).toMatchObject({ status: 200 });
  });

  it("never reach a log or an answer, and neither do pictures", async () => {
    for (const token of [...Object.values(TOKENS), "wrong-wrong-wrong-wrong"]) {
      await search({ images: [ada] }, { token });
      await search({ images: ["x"] }, { token });
    }
    rig.search.search = async () => {
      throw new Error("the disk is on fire");
    };
    const failed = await search({ images: [ada] });
    expect(failed).toMatchObject({ status: 500, json: { message: "internal_error", code: "ERROR" } });
    const written = JSON.stringify([rig.logger.lines, failed.json]);
    expect(written).toContain("the disk is on fire");
    for (const secret of [...Object.values(TOKENS), "wrong-wrong", ada.slice(0, 40)])
      expect(written).not.toContain(secret);
    expect(JSON.stringify(failed.json)).not.toContain("fire");
  });

  it("must be there, long, and each another one", async () => {
    const token = (name: string, secret: string) => ({ name, token: secret, scopes: ["search" as const] });
    for (const tokens of [[], [token("a", "short")], [token("a", TOKENS.all), token("b", TOKENS.all)]]) {
      await expect(openApiRig({ tokens })).rejects.toMatchObject({ code: "LIMEN_API_TOKENS" });
    }
  });
});

describe("too much at once", () => {
  it("is answered 429 with Retry-After, and everybody inside is served", async () => {
    await using crowded = await openApiRig({ limits: { requests: 2, working: 1 } });
    let open = (): void => {};
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    crowded.finder.before = () => gate;
    const inside = [crowded.post("/search", { images: [ada] }), crowded.post("/search", { images: [ada] })];
    const third = await crowded.post("/search", { images: [ada] });
    expect(third).toMatchObject({ status: 429, json: { error: "Too many requests", code: "too_many_requests" } });
    expect(third.headers.get("retry-after")).toBe("1");
    open();
    for (const answer of await Promise.all(inside)) expect(answer.status).toBe(200);
    expect(await crowded.post("/search", { images: [ada] })).toMatchObject({ status: 200 });
  });

  it("ends at the deadline, also for those who wait for their turn", async () => {
    await using slow = await openApiRig({ limits: { working: 1, deadlineMs: 150 } });
    slow.finder.before = () => new Promise(() => {});
    const answers = await Promise.all([
      slow.post("/search", { images: [ada] }),
      slow.post("/search", { images: [ada] }),
    ]);
    for (const { status, json, headers } of answers) {
      expect({ status, json }).toMatchObject({ status: 503, json: { code: "deadline" } });
      expect(headers.get("retry-after")).toBe("2");
    }
  });
});

describe("the outside of an answer", () => {
  it("is never cached, sniffed or framed, whatever it says", async () => {
    for (const { headers } of [await search({}), await rig.send("GET", "//nowhere"), await search({ images: [ada] })]) {
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("cache-control")).toBe("no-store");
      expect(headers.get("content-security-policy")).toContain("default-src 'none'");
      expect(headers.get("access-control-allow-origin")).toBeNull();
    }
  });

  it("is no page for anybody: an unknown address is a 404 in JSON, a preflight gets nothing", async () => {
    expect(await rig.send("GET", "//")).toMatchObject({ status: 404, json: { code: "NOT_FOUND" } });
    const preflight = await rig.send("OPTIONS", "/search", undefined, {
      token: null,
      headers: { origin: "https://a.example", "access-control-request-method": "POST" },
    });
    expect(preflight.status).toBe(404);
    expect(preflight.headers.get("access-control-allow-origin")).toBeNull();
  });

  it("lets pages of allowed origins in, without a token for the preflight, and no other page", async () => {
    await using open = await openApiRig({ allowedOrigins: ["https://a.example"] });
    const asked = (origin: string) =>
      open.send("OPTIONS", "/search", undefined, {
        token: null,
        headers: { origin, "access-control-request-method": "POST", "access-control-request-headers": "authorization" },
      });
    const allowed = await asked("https://a.example");
    expect(allowed.status).toBe(204);
    expect(allowed.headers.get("access-control-allow-origin")).toBe("https://a.example");
    expect(allowed.headers.get("access-control-allow-headers")).toContain("Authorization");
    expect(allowed.headers.get("access-control-allow-credentials")).toBeNull();
    expect((await asked("https://b.example")).headers.get("access-control-allow-origin")).toBeNull();
    const page = { headers: { origin: "https://a.example" } };
    for (const sent of [page, { ...page, token: null }]) {
      const answer = await open.post("/search", { images: [ada] }, sent);
      expect(answer.headers.get("access-control-allow-origin")).toBe("https://a.example");
    }
  });
});
