import { readFileSync } from "node:fs";
import sharp, { type Sharp } from "sharp";
import { afterAll, beforeAll } from "vitest";
import { TOKENS } from "../fixtures/api-rig";
import { cached } from "../fixtures/cached.js";
import { openRealApi } from "../fixtures/real-api";
import { until } from "../fixtures/until.js";
import { type SearchServerUnderTest, searchContract } from "./search-contract.js";

/** Parts of the demo's pictures that show one person each: file, then left, top, width, height. */
const PARTS = {
  ada: ["sample3.jpg", 856, 14, 670, 730],
  adaLater: ["sample1.jpg", 1352, 138, 420, 458],
  stranger: ["sample6.jpg", 1266, 84, 650, 708],
  other: ["sample5.jpg", 174, 734, 608, 662],
} as const;

function part(name: keyof typeof PARTS): Sharp {
  const [file, left, top, width, height] = PARTS[name];
  return sharp(readFileSync(cached("demo", file))).extract({ left, top, width, height });
}

let api: Awaited<ReturnType<typeof openRealApi>>;
let shared: Omit<SearchServerUnderTest, keyof AsyncDisposable>;

async function post(path: string, body: object): Promise<{ data: unknown }> {
  const response = await api.ask(`/v2/face-recognition${path}`, {
    method: "POST",
    headers: { authorization: `Bearer ${TOKENS.all}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${path} was answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as { data: unknown };
}

const enrol = async (name: string, image: Buffer, collection: string): Promise<string> => {
  await post("/collections", { name: collection, code: collection });
  const images = [image.toString("base64")];
  const { data } = await post("/persons", { name, images, collections: [collection] });
  return (data as { _id: string })._id;
};

// One server for all of them, because loading the models takes longer than any of the tests.
beforeAll(async () => {
  api = await openRealApi();
  const ada = await part("ada").jpeg().toBuffer();
  const knownId = await enrol("Ada", ada, "staff");
  await enrol("Other", await part("other").jpeg().toBuffer(), "lab");
  await until("both are searchable", () => api.options.parts.search.size(null) === 2, 5000);
  shared = {
    url: api.server.url,
    token: TOKENS.search,
    known: [ada, await part("adaLater").jpeg().toBuffer(), await part("ada").resize({ height: 400 }).jpeg().toBuffer()],
    knownId,
    stranger: await part("stranger").jpeg().toBuffer(),
    faceless: await sharp({ create: { width: 640, height: 480, channels: 3, background: "#888" } })
      .jpeg()
      .toBuffer(),
    collection: "staff",
    otherCollection: "lab",
  };
});

afterAll(() => api[Symbol.asyncDispose]());

searchContract("Limen's own server", async () => ({ ...shared, async [Symbol.asyncDispose]() {} }));
