import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "#adapters/clock/system-clock";
import { modelIdOf, readModelManifest } from "#adapters/faces/manifest";
import { createSqliteCalibrations } from "#adapters/sqlite/calibrations";
import { openStore } from "#adapters/sqlite/database";
import { createSqliteGallery } from "#adapters/sqlite/gallery";
import { runCommand } from "#commands/table";
import type { Template } from "#core/face";
import { databaseIn, SHIPPED_MANIFEST } from "#paths";
import { type ConfigFolder, openConfigFolder, randomKey } from "../unit/config/config-folder";

/** Enough people for a fit; each a random direction in few enough dimensions that strangers resemble each other a little. */
const PEOPLE = 80;
const DIMENSION = 64;
const KEY = randomKey();

let folder: ConfigFolder;
let dataDir: string;
let modelId: string;
let state = 5;
const random = (): number => {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return state / 2 ** 32;
};

function made(from: Float32Array | null = null, noise = 1): Template {
  const values = Float32Array.from({ length: DIMENSION }, (_, i) => {
    const one = random() + random() + random() - 1.5;
    return (from?.[i] ?? 0) + (noise * one * 2) / Math.sqrt(DIMENSION);
  });
  const length = Math.hypot(...values);
  return { modelId, values: values.map((value) => value / length), norm: 3.6 };
}

beforeAll(async () => {
  folder = await openConfigFolder();
  dataDir = await mkdtemp(join(tmpdir(), "limen-calibrate-"));
  modelId = modelIdOf(await readModelManifest(SHIPPED_MANIFEST));
  await folder.write(
    "limen.yaml",
    `site: { data_dir: ${JSON.stringify(dataDir)} }
cameras: { front: { rtsp: "rtsp://127.0.0.1:9/sub" } }
doors: { front: { camera: front, collection: staff, controller: { profile: limen_native, key: !secret key } } }
`,
  );
  await using store = await openStore(databaseIn(dataDir));
  const gallery = createSqliteGallery(store, systemClock);
  const enrol = (name: string, face: Template, collections: string[]) =>
    gallery.addPerson({ name, collections, faces: [face] });
  const ada = made();
  await enrol("Ada", ada, ["staff"]);
  await enrol("Ada's sister", made(ada.values, 0.9), ["family"]);
  for (let i = 1; i < PEOPLE; i++) await enrol(`Person ${i}`, made(), ["staff"]);
});
afterAll(async () => {
  await folder[Symbol.asyncDispose]();
  await rm(dataDir, { recursive: true, force: true });
});

async function limen(...words: string[]): Promise<string[]> {
  const lines: string[] = [];
  await runCommand([...words, "--config", join(folder.path, "limen.yaml")], {
    env: { LIMEN_SECRET_KEY: KEY },
    print: (line) => lines.push(line),
    write: () => {},
    note: (line) => lines.push(line),
    isTerminal: false,
    signal: new AbortController().signal,
  });
  return lines;
}

async function kept() {
  await using store = await openStore(databaseIn(dataDir));
  const gallery = createSqliteGallery(store, systemClock);
  const [ada] = (await gallery.people("staff")).filter(({ name }) => name === "Ada");
  return {
    staff: await createSqliteCalibrations(store).inForce("staff", modelId),
    otherModel: await createSqliteCalibrations(store).inForce("staff", "another"),
    alike: await gallery.lookAlikesOf(ada?.id ?? ""),
  };
}

describe("limen calibrate", () => {
  it("measures and says how, and changes nothing unless it is told to", async () => {
    const text = (await limen("calibrate")).join("\n");
    expect(text).toContain(`staff: ${PEOPLE} people`);
    expect(text).toMatch(/exponential tail over the upper 16/);
    expect(text).toMatch(/1 picture in 1,000 of strangers, with 95 % confidence/);
    expect(text).toMatch(/look-alike Ada.* and Ada.*, score 0\.\d\d/);
    expect(text).toContain("nothing was changed");
    expect(await kept()).toEqual({ staff: null, otherModel: null, alike: [] });
  });

  it("puts the threshold in force for that collection and model, and the pair on stricter rules", async () => {
    const line = (await limen("calibrate", "--fpir", "0.01", "--apply", "--json")).at(-1);
    const { calibration } = JSON.parse(line ?? "") as { calibration: { proposal: { score: number } } };
    const { staff, otherModel, alike } = await kept();
    expect(staff).toMatchObject({ people: PEOPLE, fpir: 0.01, score: calibration.proposal.score });
    expect(staff?.score).toBeGreaterThanOrEqual(0.81);
    expect(otherModel).toBeNull();
    expect(alike).toHaveLength(1);
    const check = (await limen("check")).join("\n");
    expect(check).toContain(`score ${staff?.score.toFixed(3)} opens for staff, ${PEOPLE} people (calibrated`);
  });

  it("goes back to the safe default when told to forget", async () => {
    expect(await limen("calibrate", "--forget")).toEqual(["staff: forgotten; the safe default holds again"]);
    expect(await limen("calibrate", "--forget")).toEqual(["staff: there was no calibration"]);
    expect((await kept()).staff).toBeNull();
    expect((await limen("check")).join("\n")).toContain("the safe default");
  });

  it("proposes nothing for too few people, even when told to apply it", async () => {
    const text = (await limen("calibrate", "--collection", "family", "--apply")).join("\n");
    expect(text).toContain("too few");
    expect(text).toContain("the safe default stays");
    expect((await kept()).staff).toBeNull();
  });

  it("refuses promises that nobody could keep, and what contradicts itself", async () => {
    for (const words of [["--fpir", "0"], ["--fpir", "0.5"], ["--fpir", "x"], ["--apply", "--forget"], ["staff"]]) {
      await expect(limen("calibrate", ...words)).rejects.toMatchObject({ code: "LIMEN_USAGE" });
    }
  });
});
