import { afterAll, beforeAll, describe, expect, it } from "vitest";
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

  it("cannot ask the cloud yet", async () => {
    expect(await refusal(`${SMALL}policy: { liveness: cloud }\n`)).toContain("cloud is not supported yet");
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
