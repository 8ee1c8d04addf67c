import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { policyOf } from "#app-parts";
import { stepUpOf } from "#app-questions";
import { loadConfig } from "#config/load";
import { summariseConfig } from "#config/summary";
import { LimenError } from "#errors";
import { type ConfigFolder, openConfigFolder, randomKey, SMALL, smallEnvironment } from "./config-folder.js";

let folder: ConfigFolder;
beforeAll(async () => {
  folder = await openConfigFolder();
});
afterAll(() => folder[Symbol.asyncDispose]());

const load = async (text: string) => {
  const env = { ...smallEnvironment(), LIMEN_SECRET_X: randomKey() };
  return loadConfig(await folder.write("limen.yaml", text), { env });
};
/** Everything a refused file is told. */
const refusal = async (text: string): Promise<string> => {
  const error = await load(text).catch((reason: unknown) => reason);
  return error instanceof LimenError ? `${error.message} ${error.hint ?? ""}` : "was not refused";
};
const doorOf = async (text: string) => (await load(text)).config.doors[0];
const API = "api: { tokens: { phone: { token: !secret x, scopes: [confirm] } } }\n";

describe("liveness", () => {
  it("is a door's own matter, over the site's, over where it stood before, over monitor", async () => {
    const former = "faces: { liveness: off }\n";
    expect((await doorOf(SMALL))?.policy.liveness).toBe("monitor");
    expect((await doorOf(SMALL + former))?.policy.liveness).toBe("off");
    expect((await doorOf(`${SMALL}policy: { liveness: require }\n`))?.policy.liveness).toBe("require");
    const differs = `${SMALL}    policy: { liveness: require }\npolicy: { liveness: off }\n`;
    expect((await doorOf(differs))?.policy.liveness).toBe("require");
  });

  it("still works where it stood before, says where it has moved, and may not stand in both places", async () => {
    const { warnings } = await load(`${SMALL}faces: { liveness: monitor }\n`);
    expect(warnings).toMatchObject([{ path: "faces.liveness" }]);
    expect(JSON.stringify(warnings)).toContain("has moved: write liveness: monitor under policy");
    const both = await refusal(`${SMALL}faces: { liveness: monitor }\npolicy: { liveness: require }\n`);
    expect(both).toContain("faces.liveness: and policy.liveness are both there");
  });
});

describe("a service that is asked whether a face is a live one", () => {
  const CLOUD = "    policy: { liveness: cloud }\n";
  const search = (engine: string, more = ""): string =>
    `search: { engine: ${engine}, verifik: { url: "https://engine.example", token: !secret x, min_score: 0.85${more} } }\n`;
  const large = (text: string): string => text.replace(/rtsp: [^ ,}]+/, "$&, detect_size: 1280x720");

  it("takes a server that knows the people: with the local engine the file is refused, and told what to write", async () => {
    const told = await refusal(SMALL + CLOUD);
    expect(told).toMatch(/:10:25 doors\.front\.policy\.liveness: needs a server to ask/);
    expect(told).toContain("write search.engine verifik, verifik_then_local or both_agree, and search.verifik");
    expect(await refusal(`${SMALL}policy: { liveness: cloud }\n`)).toMatch(/:10:21 policy\.liveness: needs a server/);
    expect(await refusal(SMALL + CLOUD + search("local"))).toContain("needs a server to ask");
  });

  it.each(["verifik", "verifik_then_local", "both_agree"])(
    "is asked with engine %s, and the summary says so",
    async (engine) => {
      const { config, warnings } = await load(large(SMALL) + CLOUD + search(engine));
      expect(warnings).toEqual([]);
      expect(config.search.verifik?.liveness).toEqual({ minScore: 0.6, minFacePx: 224, withinMs: 8000 });
      const summary = summariseConfig(config).join("\n");
      expect(summary).toContain(
        "liveness cloud (engine.example:443 is asked whether the face is a live one, from 224 px, 8s)",
      );
      const [door] = config.doors;
      if (door === undefined) throw new Error("the config has no door");
      expect(policyOf(config, door).liveness).toEqual({ mode: "cloud", askWithinMs: 8000 });
      const without = { ...config, search: { ...config.search, verifik: null } };
      expect(policyOf(without, door).liveness).toEqual({ mode: "cloud", askWithinMs: null });
    },
  );

  it("has a score, a size and a time of its own, in bounds", async () => {
    const with_ = (keys: string): string => large(SMALL) + CLOUD + search("verifik", `, liveness: ${keys}`);
    const { config } = await load(with_("{ min_score: 0.8, min_face_px: 300, within: 5s }"));
    expect(config.search.verifik?.liveness).toEqual({ minScore: 0.8, minFacePx: 300, withinMs: 5000 });
    expect(await refusal(with_("{ min_score: 0.4 }"))).toContain("liveness.min_score");
    expect(await refusal(with_("{ min_face_px: 79 }"))).toContain("liveness.min_face_px");
    expect(await refusal(with_("{ within: 30s }"))).toContain("within: must be 3s to 20s");
    expect(await refusal(with_("{ min_scores: 0.7 }"))).toContain("min_score");
  });

  it("warns once of a picture in which no face is ever large enough", async () => {
    const { warnings } = await load(SMALL + CLOUD + search("verifik"));
    expect(warnings).toMatchObject([{ path: "cameras.front.detect_size" }]);
    const told = JSON.stringify(warnings);
    expect(told).toContain("is 640x360, in which hardly anybody's face is ever 224 px high");
    expect(told).toContain("take the camera's main stream, and a detect_size at least 448 px high");
    const lower = await load(SMALL + CLOUD + search("verifik", ", liveness: { min_face_px: 180 }"));
    expect(lower.warnings).toEqual([]);
  });

  it("takes the place of a second factor, which is never asked for there", async () => {
    const text = `${large(SMALL)}${CLOUD}    second_factor: {}\n${search("verifik")}`;
    const { config, warnings } = await load(text);
    expect(JSON.stringify(warnings)).toContain("is never asked for");
    const [door] = config.doors;
    if (door === undefined) throw new Error("the config has no door");
    expect(stepUpOf(door)).toBeNull();
    expect(policyOf(config, door).liveness.askWithinMs).toBe(8000);
    expect(summariseConfig(config).join("\n")).not.toContain("in doubt asked");
  });
});

describe("a second factor", () => {
  const REQUIRED = "    policy: { liveness: require }\n";

  it("is asked over MQTT within 20 s unless told otherwise, and the summary says so", async () => {
    const { config, warnings } = await load(`${SMALL}${REQUIRED}    second_factor: {}\n`);
    expect(config.doors[0]?.secondFactor).toEqual({ mqtt: true, http: false, withinMs: 20_000 });
    expect(warnings).toEqual([]);
    expect(summariseConfig(config).join("\n")).toContain("liveness require (in doubt asked over MQTT, 20s)");
  });

  it("is missed where liveness is required", async () => {
    const { config, warnings } = await load(`${SMALL}${REQUIRED}`);
    expect(config.doors[0]?.secondFactor).toBeNull();
    expect(JSON.stringify(warnings)).toContain("second_factor lets somebody confirm them");
    expect(summariseConfig(config).join("\n")).not.toContain("in doubt");
  });

  it("asks somebody, and over HTTP only where somebody can answer", async () => {
    const with_ = (factor: string): string => `${SMALL}${REQUIRED}    second_factor: ${factor}\n`;
    expect(await refusal(with_("{ mqtt: false }"))).toContain("second_factor: asks nobody");
    expect(await refusal(with_("{ http: true }"))).toContain("second_factor.http: needs the section api");
    expect(await refusal(with_("{ http: true }") + API.replace("confirm", "read"))).toContain("scope confirm");
    const { config } = await load(with_("{ http: true, mqtt: false, within: 30s }") + API);
    expect(config.doors[0]?.secondFactor).toEqual({ mqtt: false, http: true, withinMs: 30_000 });
    expect(summariseConfig(config).join("\n")).toContain("asked over the API, 30s");
    expect(await refusal(with_("{ within: 2m }"))).toContain("within: must be 5s to 60s");
  });
});
