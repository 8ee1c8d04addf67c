import { afterEach, beforeEach, expect, it } from "vitest";
import { policyOf } from "#app-parts";
import { loadConfig } from "#config/load";
import { thresholdFor } from "#core/threshold";
import { NETWORK_SEARCH_BUDGET } from "#core/throttle";
import { addEvidence, openVisit } from "#core/visit";
import { LimenError } from "#errors";
import { readPeopleFacts } from "#flow/person-facts";
import { faultOf } from "#flow/search-lane";
import { templateOf } from "../../fakes/faces";
import { MemoryGallery } from "../../fakes/memory-gallery";
import { evidenceAt } from "../../fakes/situations";
import { type ConfigFolder, openConfigFolder, randomKey } from "../config/config-folder.js";

let folder: ConfigFolder;
beforeEach(async () => {
  folder = await openConfigFolder();
});
afterEach(() => folder[Symbol.asyncDispose]());

it("a network engine without a score of its own lets nobody in, even if such a config got this far", async () => {
  const file = await folder.write(
    "limen.yaml",
    `cameras: { a: { rtsp: "rtsp://127.0.0.1/a" } }
doors: { a: { camera: a, collection: staff, controller: { profile: limen_native, key: !secret key } } }
search: { engine: verifik, min_score: 0.9, verifik: { url: "https://engine.example", token: !secret key } }
`,
  );
  const { config } = await loadConfig(file, { env: { LIMEN_SECRET_KEY: randomKey() } });
  const [door] = config.doors;
  if (door === undefined) throw new Error("the config has no door");
  const { verifik } = config.search;
  const threshold = (network: typeof verifik): number =>
    thresholdFor(0, policyOf({ ...config, search: { ...config.search, verifik: network } }, door).thresholds.verifik);
  expect(threshold(verifik)).toBe(0.9);
  expect(threshold(null)).toBe(1);
});

it("with the gallery's roster, an id the engine made up is nobody", async () => {
  const gallery = new MemoryGallery();
  const ada = await gallery.addPerson({ name: "Ada", collections: ["staff"], faces: [templateOf(0)] });
  const visit = [
    evidenceAt(1, [["made-up", 0.9]]),
    evidenceAt(2, [[ada.id, 0.9]]),
    evidenceAt(3, [["made-up", 0.9]]),
    evidenceAt(4, []),
  ].reduce(addEvidence, openVisit(1, 0, NETWORK_SEARCH_BUDGET));
  expect(await readPeopleFacts(gallery, { roster: "gallery", collection: "staff" }, visit)).toEqual([
    { id: ada.id, name: "Ada", active: true, collections: ["staff"], lookAlike: false },
  ]);
  expect(await readPeopleFacts(gallery, { roster: "engine", collection: "lab" }, visit)).toEqual([
    { id: "made-up", name: null, active: true, collections: ["lab"], lookAlike: false },
    { id: ada.id, name: null, active: true, collections: ["lab"], lookAlike: false },
  ]);
});

it("an engine that is away is told apart from one that answers nonsense", () => {
  expect(faultOf(new LimenError("LIMEN_ENGINE_UNREACHABLE", ""))).toBe("engine_offline");
  expect(faultOf(new LimenError("LIMEN_ENGINE_PROTOCOL", ""))).toBe("engine_error");
  expect(faultOf(new LimenError("LIMEN_ENGINE_CAP", ""))).toBe("spend_cap");
  expect(faultOf(new Error("boom"))).toBe("engine_error");
});
