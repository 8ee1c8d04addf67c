import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { colourPhoto } from "../../../fakes/colour-finder";
import { type ApiRig, openApiRig } from "../../../fixtures/api-rig";

let rig: ApiRig;
let image: string;
let routes: { method: string; path: string }[];

beforeAll(async () => {
  rig = await openApiRig();
  image = (await colourPhoto(1)).toString("base64");
  const { paths } = (await rig.send("GET", "//openapi.json")).json as { paths: Record<string, object> };
  routes = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => ({ method: method.toUpperCase(), path: `/${path}` })),
  );
});

afterAll(() => rig[Symbol.asyncDispose]());

/** Words of the API with all kinds of values behind them. */
const bodies = () => {
  const value = fc.oneof(
    fc.jsonValue(),
    fc.constantFrom<unknown>(image, [image], "", "0.5", -1, "FAST", "M", "staff", null, ["x"], {}, "1e999", "\u0000"),
  );
  const field = fc.constantFrom(
    ...[
      "images",
      "image",
      "min_score",
      "search_mode",
      "collection_id",
      "max_results",
      "name",
      "gender",
      "date_of_birth",
    ],
    ...[
      "collections",
      "status",
      "people",
      "code",
      "probe",
      "gallery",
      "id",
      "search",
      "peopleIds",
      "toCollection",
      "__proto__",
    ],
  );
  return fc.oneof(fc.jsonValue(), fc.dictionary(field, value, { maxKeys: 5 }));
};

it("whatever is sent to whichever route, the answer is documented and never a fault of the server", async () => {
  const sent = fc.record({
    route: fc.nat(),
    body: bodies(),
    segment: fc.string({ maxLength: 20 }),
    query: fc.string({ maxLength: 40 }),
  });
  await fc.assert(
    fc.asyncProperty(sent, async ({ route, body, segment, query }) => {
      const { method, path } = routes[route % routes.length] ?? { method: "GET", path: "//" };
      const where = `${path.replace(/\{\w+\}/g, encodeURIComponent(segment) || "x")}?${encodeURIComponent(query)}=${encodeURIComponent(query)}`;
      const answer = await rig.send(method, where, method === "GET" || method === "DELETE" ? undefined : body);
      expect([200, 400, 403, 404, 409, 412, 413, 415]).toContain(answer.status);
      if (answer.status !== 200) {
        expect(answer.json).toMatchObject({
          error: expect.any(String),
          message: expect.any(String),
          code: expect.any(String),
        });
      }
    }),
    { numRuns: 400 },
  );
  expect(rig.logger.lines.filter(({ level }) => level === "error")).toEqual([]);
});

it("a listing is never refused for its numbers and words", async () => {
  const word = fc.oneof(
    fc.string({ maxLength: 12 }),
    fc.integer().map(String),
    fc.constantFrom("-1", "asc", "name", "%", "'", "__proto__", "-constructor", "toString"),
  );
  const names = [
    "page",
    "limit",
    "offset",
    "skip",
    "take",
    "collection",
    "in_collections",
    "like_name",
    "status",
    "sort",
    "order",
  ];
  await fc.assert(
    fc.asyncProperty(fc.dictionary(fc.constantFrom(...names), word), async (query) => {
      const { status } = await rig.send("GET", `/persons?${new URLSearchParams(query).toString()}`);
      expect(status).toBe(200);
    }),
    { numRuns: 200 },
  );
});
