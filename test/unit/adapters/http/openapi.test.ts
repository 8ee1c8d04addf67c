import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { VERSION } from "#version";
import { type ApiRig, openApiRig } from "../../../fixtures/api-rig";

const COMMITTED = fileURLToPath(new URL("../../../../docs/openapi.json", import.meta.url));

interface Description {
  openapi: string;
  paths: Record<string, Record<string, { operationId: string; responses: Record<string, unknown> }>>;
}

let rig: ApiRig;

beforeEach(async () => {
  rig = await openApiRig({ version: VERSION });
});

afterEach(() => rig[Symbol.asyncDispose]());

const served = async (): Promise<Description> =>
  (await rig.send("GET", "//openapi.json", undefined, { token: null })).json as Description;

describe("the description of the API", () => {
  it("is the committed one (else: save what a running Limen serves at /openapi.json, then npx biome format --write)", async () => {
    expect(JSON.parse(readFileSync(COMMITTED, "utf8"))).toEqual(await served());
  });

  it("is OpenAPI 3.1, names every operation once and documents every failure", async () => {
    const { openapi, paths } = await served();
    expect(openapi).toBe("3.1.0");
    const operations = Object.values(paths).flatMap((methods) => Object.values(methods));
    const names = operations.map(({ operationId }) => operationId);
    expect(new Set(names).size).toBe(names.length);
    for (const { operationId, responses } of operations) {
      const codes = Object.keys(responses);
      expect({ operationId, codes }).toEqual({
        operationId,
        codes: expect.arrayContaining(["400", "401", "403", "429"]),
      });
    }
  });

  it("describes the search with every field the contract has", async () => {
    const { paths } = await served();
    const search = JSON.stringify(paths["/v2/face-recognition/search"]);
    for (const field of ["images", "image", "min_score", "search_mode", "collection_id", "max_results", "signature"]) {
      expect(search).toContain(`"${field}"`);
    }
  });

  it("points only at parts that it has", async () => {
    const whole = await served();
    for (const [, path] of JSON.stringify(whole).matchAll(/"\$ref":"#\/([^"]+)"/g)) {
      const found = path?.split("/").reduce<unknown>((at, step) => Reflect.get(Object(at), step), whole);
      expect({ path, found }).toEqual({ path, found: expect.any(Object) });
    }
  });

  it("promises no answer from a route that only refuses", async () => {
    const { paths } = await served();
    expect(Object.keys(paths["/v2/face-recognition/liveness"]?.["post"]?.responses ?? {})).not.toContain("200");
  });
});
