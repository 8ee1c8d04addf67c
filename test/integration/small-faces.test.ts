import sharp from "sharp";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type OpenFaceFinder, openFaceFinder } from "#adapters/faces/finder";
import { readModelManifest } from "#adapters/faces/manifest";
import type { Picture } from "#core/face";
import { type Box, overlap } from "#core/geometry";
import { NO_TILES, planTiles, type TilePlan } from "#core/tiles";
import { SHIPPED_MANIFEST } from "#paths";
import { cached } from "../fixtures/cached.js";

/** Parts of the demo's pictures that show one person: file, then left, top, width, height. */
const PEOPLE = [
  ["sample3.jpg", 856, 14, 670, 730],
  ["sample1.jpg", 1352, 138, 420, 458],
  ["sample6.jpg", 1266, 84, 650, 708],
  ["sample5.jpg", 174, 734, 608, 662],
  ["sample3.jpg", 1298, 132, 606, 660],
] as const;
const PLACES = [60, 400, 640, 900, 1180].flatMap((x) => [80, 360, 640].map((y) => ({ x, y })));
const LARGE = { width: 1280, height: 720 };
const FACE_PX = 48;

let finder: OpenFaceFinder;
beforeAll(async () => {
  const manifest = await readModelManifest(SHIPPED_MANIFEST);
  finder = await openFaceFinder({ manifest, modelsDir: cached("models"), liveness: false });
});
afterAll(() => finder[Symbol.asyncDispose]());

interface Person {
  readonly png: Buffer;
  /** The face in it, px. */
  readonly face: Box;
}

/** A person cut out so that the face is 48 px high, by the detector's own measure on the large original. */
async function personOf([file, left, top, width, height]: (typeof PEOPLE)[number]): Promise<Person> {
  const part = sharp(cached("demo", file)).extract({ left, top, width, height });
  const { data, info } = await part.clone().removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const [found] = await finder.find({ width: info.width, height: info.height, rgb: data });
  if (found === undefined) throw new Error(`no face in ${file}`);
  const scale = FACE_PX / found.box.height;
  const { box } = found;
  const png = await part
    .resize({ width: Math.round(width * scale) })
    .png()
    .toBuffer();
  const face = { left: box.left * scale, top: box.top * scale, width: box.width * scale, height: FACE_PX };
  return { png, face };
}

/** A camera's 1280×720 picture of a grey wall with the person's face centred near a place; and where exactly. */
async function pictureOf(
  { png, face }: Person,
  at: { x: number; y: number },
): Promise<{ picture: Picture; truth: Box }> {
  const { width = 0, height = 0 } = await sharp(png).metadata();
  const within = (start: number, size: number, whole: number): number =>
    Math.round(Math.min(Math.max(start, 0), whole - size));
  const left = within(at.x - face.left - face.width / 2, width, LARGE.width);
  const top = within(at.y - face.top - face.height / 2, height, LARGE.height);
  const wall = sharp({ create: { ...LARGE, channels: 3, background: "#9a9a96" } });
  const jpeg = await wall
    .composite([{ input: png, left, top }])
    .jpeg({ quality: 80 })
    .toBuffer();
  const rgb = await sharp(jpeg).removeAlpha().raw().toBuffer();
  return { picture: { ...LARGE, rgb }, truth: { ...face, left: left + face.left, top: top + face.top } };
}

it("a face of 48 px in a 1280×720 picture is found by the close looks, wherever it is, moving or not", async () => {
  const people = await Promise.all(PEOPLE.map(personOf));
  const found = { whole: 0, moving: 0, still: 0, twice: 0 };
  let n = 0;
  for (const person of people) {
    for (const at of PLACES) {
      const { picture, truth } = await pictureOf(person, at);
      const hits = async (tiles: readonly Box[]): Promise<number> =>
        (await finder.find(picture, tiles)).filter(({ box }) => overlap(box, truth) > 0.4).length;
      n++;
      if ((await hits([])) > 0) found.whole++;
      const centre = { x: truth.left + truth.width / 2, y: truth.top + truth.height / 2 };
      const moving = await hits(planTiles(NO_TILES, LARGE, finder.closeUp, { moved: [centre], faces: [] }).tiles);
      if (moving > 0) found.moving++;
      if (moving > 1) found.twice++;
      if (n % 5 > 0) continue;
      // Five looks go round the whole picture.
      let plan: TilePlan = NO_TILES;
      let still = 0;
      for (let look = 0; look < 5 && still === 0; look++) {
        const step = planTiles(plan, LARGE, finder.closeUp, { moved: [], faces: [] });
        plan = step.plan;
        still += await hits(step.tiles);
      }
      if (still > 0) found.still++;
    }
  }
  const report = `of ${n} faces of ${FACE_PX} px found: ${JSON.stringify(found)} (still: of ${n / 5})`;
  expect(n).toBe(PEOPLE.length * PLACES.length);
  process.stdout.write(`${report}\n`);
  expect(found.moving / n, report).toBeGreaterThan(0.9);
  expect(found.still / (n / 5), report).toBeGreaterThan(0.9);
  expect(found.moving, report).toBeGreaterThan(found.whole);
  expect(found.twice, report).toBe(0);
});
