import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { policyOf, rulesOf } from "#app-parts";
import { loadConfig } from "#config/load";
import { createColourFinder } from "../../fakes/colour-finder";
import { type ConfigFolder, openConfigFolder, randomKey } from "./config-folder.js";

let folder: ConfigFolder;
beforeEach(async () => {
  folder = await openConfigFolder();
});
afterEach(() => folder[Symbol.asyncDispose]());

const finder = { ...createColourFinder(), borderlineNorm: 2.4 };

async function load(more: string, door = "{}") {
  const file = await folder.write(
    "limen.yaml",
    `cameras: { a: { rtsp: "rtsp://127.0.0.1/a" } }
doors:
  a: { camera: a, collection: staff, controller: { profile: limen_native, key: !secret key }, policy: ${door} }
${more}
`,
  );
  const { config } = await loadConfig(file, { env: { LIMEN_SECRET_KEY: randomKey() } });
  const [camera] = config.cameras;
  const [one] = config.doors;
  if (camera === undefined || one === undefined) throw new Error("the config has no door");
  return { rules: rulesOf(config, camera, finder), policy: policyOf(config, one) };
}

describe("faces on the border of what is clear", () => {
  it("count with the embedded engine", async () => {
    const { rules, policy } = await load("");
    expect(rules.quality).toMatchObject({ maxYaw: 0.25, minNorm: 3, borderline: { maxYaw: 0.4, minNorm: 2.4 } });
    expect(policy.rules.borderlineExtra).toBe(0.02);
  });

  it.each(["verifik", "both_agree", "verifik_then_local"])(
    "do not where a network's engine decides: %s",
    async (engine) => {
      const server = `verifik: { url: "https://engine.example", token: !secret key, min_score: 0.9 }`;
      const { rules } = await load(`search: { engine: ${engine}, ${server} }`);
      expect(rules.quality.borderline).toBeNull();
    },
  );

  it("are as the file says, for the site and for a door", async () => {
    const site = await load("faces: { borderline_yaw: 0.3 }\npolicy: { borderline_extra: 0.05 }");
    expect(site.rules.quality.borderline?.maxYaw).toBe(0.3);
    expect(site.policy.rules.borderlineExtra).toBe(0.05);
    const door = await load("policy: { borderline_extra: 0.05 }", "{ borderline_extra: 0.1 }");
    expect(door.policy.rules.borderlineExtra).toBe(0.1);
  });
});
