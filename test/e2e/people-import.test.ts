import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeDemoSite } from "#demo/site";
import { cached } from "../fixtures/cached";
import { limen } from "../fixtures/limen-program";

let directory: string;
let config: string;

/** The same woman on two days, and two other people. */
const ADA = { file: "sample3.jpg", region: { left: 856, top: 14, width: 670, height: 730 } };
const ADA_ANOTHER_DAY = { file: "sample1.jpg", region: { left: 1352, top: 138, width: 420, height: 458 } };
const DORA = { file: "sample6.jpg", region: { left: 1266, top: 84, width: 650, height: 708 } };
const EVE = { file: "sample5.jpg", region: { left: 174, top: 734, width: 608, height: 662 } };

async function put({ file, region }: typeof ADA, ...path: string[]): Promise<void> {
  const out = join(directory, "photos", ...path);
  await mkdir(dirname(out), { recursive: true });
  await sharp(cached("demo", file)).extract(region).jpeg().toFile(out);
}

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "limen-import-"));
  const site = await writeDemoSite({
    directory: join(directory, "home"),
    camera: { url: "rtsp://127.0.0.1:9/sub", username: "u", password: "camera-secret" },
    broker: { url: "mqtt://127.0.0.1:9", username: "u", password: "broker-secret" },
    pulseMs: 1000,
    serverPort: null,
  });
  config = site.configFile;
  await put(ADA, "Ada", "1.jpg");
  await put(ADA_ANOTHER_DAY, "Ada", "2.jpg");
  await put(DORA, "Mixed", "1.jpg");
  await put(EVE, "Mixed", "2.jpg");
  await put(EVE, "Nobody", "1.jpg");
  await sharp({ create: { width: 640, height: 480, channels: 3, background: "grey" } })
    .png()
    .toFile(join(directory, "photos", "Nobody", "2.png"));
  // Right behind Ada in the order of names, with her face.
  await put(ADA, "Ada's twin", "1.jpg");
});
afterAll(() => rm(directory, { recursive: true, force: true }));

const people = (...args: string[]) => limen(["people", ...args, "--config", config]);
const rows = (out: string): unknown[] =>
  out
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));

describe("importing a folder of people", () => {
  it("enrols the good, reports the refused with photo and reason, and ends with 7", async () => {
    const photos = join(directory, "photos");
    const ran = await people("import", photos);
    expect(ran.out).toContain("enrolled: 1, refused: 3, already there: 0");
    expect(ran.out).toContain(`Mixed: ${join(photos, "Mixed", "1.jpg")}: this does not look like the same person`);
    expect(ran.out).toContain(`Nobody: ${join(photos, "Nobody", "2.png")}: no face was found [LIMEN_PHOTO_NO_FACE]`);
    expect(ran.out).toMatch(/Ada's twin: .*1\.jpg: this face is enrolled already as Ada .*\[LIMEN_PERSON_DUPLICATE\]/);
    expect(ran.err).toContain("4 of 4 people");
    expect(ran.err).toContain("3 of 4 people were refused");
    expect(ran.code).toBe(7);
  }, 60_000);

  it("skips whoever is enrolled when it is run again, and goes on with the others", async () => {
    await rm(join(directory, "photos", "Mixed", "2.jpg"));
    await rm(join(directory, "photos", "Nobody"), { recursive: true });
    const ran = await people("import", join(directory, "photos"), "--json", "--allow-duplicate");
    expect(rows(ran.out)).toEqual([
      { outcome: "already_there", name: "Ada" },
      expect.objectContaining({ outcome: "enrolled", name: "Ada's twin", faces: 1 }),
      expect.objectContaining({ outcome: "enrolled", name: "Mixed", faces: 1, lookAlikes: [] }),
      expect.objectContaining({ outcome: "end", enrolled: 2, refused: 0, alreadyThere: 1, notReached: 0 }),
    ]);
    expect(ran.err).toContain("Ada's twin looks much like Ada");
    expect(ran.code).toBe(0);
  }, 60_000);

  it("and what is enrolled can be shown, counted and exported, without a template or a picture", async () => {
    const shown = await people("show", "Ada", "--json");
    expect(rows(shown.out)).toEqual([expect.objectContaining({ name: "Ada", collections: ["staff"], faces: 2 })]);
    expect((await people("collections")).out).toMatch(/^staff +staff +3 people$/m);
    const exported = rows((await people("export", "--json")).out);
    expect(exported).toHaveLength(3);
    expect(Object.keys(exported[0] ?? {})).toEqual([
      "id",
      "name",
      "active",
      "collections",
      "faces",
      "createdAt",
      "modifiedAt",
    ]);
    expect((await people("export")).out).toMatch(/^[0-9a-f]{24},"Ada's twin",true,"staff",1,20/m);
  }, 60_000);

  it("refuses a folder that is not there, or has nobody in it", async () => {
    expect(await people("import", join(directory, "photos", "Ada"))).toMatchObject({
      code: 2,
      err: expect.stringContaining("has no folder in it"),
    });
  });
});
