import { appendFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import SqliteDatabase from "better-sqlite3";
import sharp from "sharp";
import { afterAll, beforeAll, expect, it } from "vitest";
import { writeDemoSite } from "#demo/site";
import { SHIPPED_MANIFEST } from "#paths";
import { cached } from "../fixtures/cached";
import { limen } from "../fixtures/limen-program";

/** The same models under another name: as far as Limen knows, other ones. */
const OTHER = "other.json";

let directory: string;
let home: string;
let plain: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "limen-re-embed-"));
  home = join(directory, "home");
  const site = await writeDemoSite({
    directory: home,
    camera: { url: "rtsp://127.0.0.1:9/sub", username: "u", password: "camera-secret" },
    broker: { url: "mqtt://127.0.0.1:9", username: "u", password: "broker-secret" },
    pulseMs: 1000,
    serverPort: null,
  });
  plain = site.configFile;
  const manifest = JSON.parse(await readFile(SHIPPED_MANIFEST, "utf8")) as object;
  await writeFile(join(home, OTHER), JSON.stringify({ ...manifest, id: "other-1" }));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

async function photoOf(name: string, file: string, left: number, top: number, width: number, height: number) {
  const out = join(directory, name);
  const photo = sharp(cached("demo", file)).extract({ left, top, width, height });
  await photo
    .withExif({ IFD0: { Copyright: "somebody" } })
    .jpeg()
    .toFile(out);
  return out;
}

/** The site's configuration with a section `faces` of its own. */
async function configWith(name: string, faces: string): Promise<string> {
  const file = join(home, name);
  await writeFile(file, await readFile(plain, "utf8"), { mode: 0o600 });
  await appendFile(file, `faces: ${faces}\n`);
  return file;
}

it("kept photos become templates of other models; who has none is named, and nobody loses what they had", async () => {
  const keeping = await configWith("keeping.yaml", "{ keep_photos: true }");
  const other = await configWith("changed.yaml", `{ models: ${OTHER}, keep_photos: true }`);
  const ada = await photoOf("ada.jpg", "sample3.jpg", 856, 14, 670, 730);
  const adaLater = await photoOf("later.jpg", "sample1.jpg", 1352, 138, 420, 458);
  const dora = await photoOf("dora.jpg", "sample6.jpg", 1266, 84, 650, 708);
  const people = (config: string, ...words: string[]) => limen(["people", ...words, "--config", config]);

  expect(await people(keeping, "add", "--name", "Ada", ada)).toMatchObject({ code: 0 });
  expect(await people(plain, "add", "--name", "Dora", dora)).toMatchObject({ code: 0 });
  expect((await people(plain, "re-embed")).out).toContain("nothing to do");

  const database = new SqliteDatabase(join(home, "data", "limen.db"), { readonly: true });
  const kept = database.prepare<[], Buffer>("SELECT jpeg FROM face_photos").pluck().all();
  database.close();
  expect(kept).toHaveLength(1);
  const { format, width, height, exif } = await sharp(kept[0]).metadata();
  expect({ format, exif, fits: Math.max(width, height) <= 640 }).toEqual({
    format: "jpeg",
    exif: undefined,
    fits: true,
  });

  const list = async () => (await people(other, "list")).err;
  expect(await list()).toContain("2 people are not searchable");
  expect((await limen(["check", "--config", other])).err).toContain("2 people are not searchable");
  expect((await people(plain, "list")).err).toBe("");

  const dry = await people(other, "re-embed", "--dry-run");
  expect(dry).toMatchObject({ code: 0, out: expect.stringContaining("would be renewed: 1, left as they are: 1") });
  expect(await list()).toContain("2 people are not searchable");

  const ran = await people(other, "re-embed");
  expect(ran.out).toContain("renewed: 1, left as they are: 1");
  expect(ran.out).toMatch(/Dora \(id [0-9a-f]{24}\): no photo was kept; must be enrolled again/);
  expect(ran).toMatchObject({ code: 7, err: expect.stringContaining("1 of 2 people must be enrolled again") });
  expect(await list()).toContain("1 person is not searchable");
  // The new template is Ada's: her face of another day is known under the new models.
  const twin = await people(other, "add", "--name", "Beth", adaLater);
  expect(twin).toMatchObject({ code: 7, err: expect.stringContaining("enrolled already as Ada") });

  const again = await people(other, "re-embed", "--json");
  const lines = again.out.trimEnd().split("\n");
  expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
    expect.objectContaining({ outcome: "without_photo", name: "Dora", isSearchable: false }),
    expect.objectContaining({ outcome: "end", renewed: 0, refused: 0, withoutPhoto: 1, notReached: 0 }),
  ]);
  // Back to the models before: Dora was left as she was, and Ada comes back the same way.
  expect((await people(keeping, "list")).err).toContain("1 person is not searchable");
  expect(await people(keeping, "re-embed")).toMatchObject({ code: 0, out: expect.stringContaining("renewed: 1") });
  expect((await people(keeping, "list")).err).toBe("");
}, 180_000);
