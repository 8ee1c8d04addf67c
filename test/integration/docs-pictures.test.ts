import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import sharp, { type Sharp } from "sharp";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type OpenFaceFinder, openFaceFinder } from "#adapters/faces/finder";
import { readModelManifest } from "#adapters/faces/manifest";
import type { Picture } from "#core/face";
import { SHIPPED_MANIFEST } from "#paths";
import { cached } from "../fixtures/cached";

const PICTURES = fileURLToPath(new URL("../../docs/pictures/", import.meta.url));
const WIDE = { width: 640, height: 640 };

let finder: OpenFaceFinder;
beforeAll(async () => {
  const manifest = await readModelManifest(SHIPPED_MANIFEST);
  finder = await openFaceFinder({ manifest, modelsDir: cached("models"), liveness: false });
});
afterAll(() => finder[Symbol.asyncDispose]());

async function pixelsOf(image: Sharp): Promise<Picture> {
  const { data, info } = await image.removeAlpha().raw().toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, rgb: data };
}

/** The picture whole, and in parts as large as the face models look at, so that no face in it is small to them. */
async function partsOf(file: string): Promise<Picture[]> {
  const { width, height } = await sharp(file).metadata();
  const parts = [await pixelsOf(sharp(file))];
  for (let top = 0; top < height; top += WIDE.height / 2)
    for (let left = 0; left < width; left += WIDE.width / 2) {
      const part = { width: Math.min(WIDE.width, width - left), height: Math.min(WIDE.height, height - top) };
      parts.push(await pixelsOf(sharp(file).extract({ left, top, ...part })));
    }
  return parts;
}

it("no picture of the documentation shows a face that Limen itself would find", async () => {
  const names = await readdir(PICTURES);
  expect(names.length).toBeGreaterThan(0);
  for (const name of names)
    for (const part of await partsOf(join(PICTURES, name))) expect(await finder.find(part), name).toEqual([]);
});

it("would see one that was not blurred", async () => {
  const face = await sharp(cached("demo", "sample3.jpg"))
    .extract({ left: 856, top: 14, width: 670, height: 730 })
    .resize({ height: 200 })
    .png()
    .toBuffer();
  const page = sharp(join(PICTURES, "overview.png")).composite([{ input: face, left: 100, top: 200 }]);
  const found = await finder.find(await pixelsOf(sharp(await page.png().toBuffer())));
  expect(found).toHaveLength(1);
});
