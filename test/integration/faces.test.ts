import { cp, mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp, { type Sharp } from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type FaceFinderOptions, type OpenFaceFinder, openFaceFinder } from "#adapters/faces/finder";
import { type ModelManifest, readModelManifest } from "#adapters/faces/manifest";
import type { FaceDescription, FoundFace, Picture } from "#core/face";
import { isCutByEdge } from "#core/geometry";
import { SHIPPED_MANIFEST } from "#paths";
import { cached } from "../fixtures/cached.js";

/** Faces of the demo's pictures: file, then left, top, width, height of the part that shows one person. */
const PARTS = {
  A_one_day: ["sample3.jpg", 856, 14, 670, 730],
  A_another_day: ["sample1.jpg", 1352, 138, 420, 458],
  S1: ["sample6.jpg", 1266, 84, 650, 708],
  S2: ["sample5.jpg", 174, 734, 608, 662],
  H: ["sample3.jpg", 1298, 132, 606, 660],
} as const;

let manifest: ModelManifest;
let finder: OpenFaceFinder;

const open = (changes: Partial<FaceFinderOptions> = {}) =>
  openFaceFinder({ manifest, modelsDir: cached("models"), liveness: true, ...changes });

beforeAll(async () => {
  manifest = await readModelManifest(SHIPPED_MANIFEST);
  finder = await open();
});

afterAll(() => finder[Symbol.asyncDispose]());

async function pixelsOf(image: Sharp): Promise<Picture> {
  const { data, info } = await image.removeAlpha().raw().toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, rgb: data };
}

function partOf(name: keyof typeof PARTS): Sharp {
  const [file, left, top, width, height] = PARTS[name];
  return sharp(cached("demo", file)).extract({ left, top, width, height });
}

/** A 640×360 camera frame: grey wall, the part scaled to this height. */
async function frameOf(name: keyof typeof PARTS, height: number, blurPx = 0): Promise<Picture> {
  const scaled = partOf(name).resize({ height });
  const input = await (blurPx > 0 ? scaled.blur(blurPx) : scaled).png().toBuffer();
  const wall = sharp({ create: { width: 640, height: 360, channels: 3, background: "#9a9a96" } });
  return pixelsOf(
    sharp(
      await wall
        .composite([{ input, left: 210, top: 360 - height }])
        .jpeg({ quality: 80 })
        .toBuffer(),
    ),
  );
}

async function onlyFaceOf(picture: Picture): Promise<FoundFace> {
  const [face, ...others] = await finder.find(picture);
  if (face === undefined || others.length > 0) throw new Error(`found ${others.length + (face ? 1 : 0)} faces`);
  return face;
}

async function describePart(name: keyof typeof PARTS): Promise<FaceDescription> {
  const picture = await pixelsOf(partOf(name));
  return finder.describe(picture, await onlyFaceOf(picture));
}

function cosine(a: FaceDescription, b: FaceDescription): number {
  return a.template.values.reduce((sum, value, index) => sum + value * (b.template.values[index] ?? 0), 0);
}

describe("recognition with the real models", () => {
  it("scores the same person on two days far above everybody else", async () => {
    const enrolled = await describePart("A_one_day");
    const visit = await describePart("A_another_day");
    expect(cosine(enrolled, visit)).toBeGreaterThan(0.66);
    expect(cosine(enrolled, visit)).toBeLessThan(0.76);
    for (const stranger of ["S1", "S2", "H"] as const) {
      const other = await describePart(stranger);
      expect(cosine(enrolled, other)).toBeLessThan(0.4);
      expect(cosine(visit, other)).toBeLessThan(0.4);
    }
  });

  it("gives unit templates of the model's id, a trustworthy norm and a liveness between 0 and 1", async () => {
    for (const name of ["A_one_day", "A_another_day", "S1", "S2", "H"] as const) {
      const { template, liveness } = await describePart(name);
      expect(template.modelId).toBe(finder.modelId);
      expect(template.values).toHaveLength(512);
      expect(Math.hypot(...template.values)).toBeCloseTo(1, 4);
      expect(template.norm).toBeGreaterThan(finder.minNorm);
      expect(liveness).toBeGreaterThanOrEqual(0);
      expect(liveness).toBeLessThanOrEqual(1);
    }
  });

  it("recognises the person in a camera frame, from 64 px face height up", async () => {
    const enrolled = await describePart("A_one_day");
    for (const height of [150, 240, 330]) {
      const frame = await frameOf("A_another_day", height);
      const face = await onlyFaceOf(frame);
      expect(face.box.height).toBeGreaterThan(64);
      expect(cosine(enrolled, await finder.describe(frame, face))).toBeGreaterThan(0.6);
    }
  });

  it("gives something that is no face a norm below the trusted one", async () => {
    const leaves = await pixelsOf(
      sharp(cached("demo", "sample3.jpg")).extract({ left: 20, top: 20, width: 300, height: 300 }),
    );
    const [real] = await finder.find(await pixelsOf(partOf("A_one_day")));
    if (real === undefined) throw new Error("no face");
    const shift = { x: 100 - real.box.left, y: 60 - real.box.top };
    const move = ({ x, y }: { x: number; y: number }) => ({ x: (x + shift.x) / 3, y: (y + shift.y) / 3 });
    const [a, b, c, d, e] = real.points;
    const invented: FoundFace = {
      ...real,
      box: { left: 33, top: 20, width: real.box.width / 3, height: real.box.height / 3 },
      points: [move(a), move(b), move(c), move(d), move(e)],
    };
    const { template } = await finder.describe(leaves, invented);
    expect(template.norm).toBeLessThan(finder.minNorm);
  });
});

describe("finding faces", () => {
  it("finds every face of a group photo, largest first, and no more than asked for", async () => {
    const group = await pixelsOf(sharp(cached("demo", "sample5.jpg")).resize(1600));
    const areas = (await finder.find(group)).map(({ box }) => box.width * box.height);
    expect(areas).toHaveLength(4);
    expect(areas).toEqual(areas.toSorted((a, b) => b - a));
    await using two = await open({ maxFaces: 2, liveness: false });
    expect(await two.find(group)).toHaveLength(2);
  });

  it.each([
    ["a frame's whole height", 200, 420],
    ["a large photo", 1600, 1600],
    ["a thumbnail", 96, 96],
  ])("finds a close-up that fills the picture in %s", async (_, width, height) => {
    const [, left, top] = PARTS.A_another_day;
    const tight = sharp(cached("demo", "sample1.jpg")).extract({
      left: left + 85,
      top: top + 95,
      width: 250,
      height: 250,
    });
    const picture = await pixelsOf(sharp(await tight.png().toBuffer()).resize(width, height, { fit: "cover" }));
    const face = await onlyFaceOf(picture);
    expect(face.box.height).toBeGreaterThan(height * 0.5);
  });

  it("finds nobody in an empty frame, in black, in noise and in a picture of one pixel", async () => {
    const plain = (value: number, width = 640, height = 360) => ({
      width,
      height,
      rgb: new Uint8Array(width * height * 3).fill(value),
    });
    const noise = plain(0);
    for (let index = 0; index < noise.rgb.length; index++) noise.rgb[index] = (index * 7919) % 251;
    for (const picture of [plain(0), plain(154), noise, plain(80, 1, 1), plain(80, 2000, 3)]) {
      expect(await finder.find(picture)).toEqual([]);
    }
  });

  it("puts the five points on the face they belong to and sees which way it looks", async () => {
    const face = await onlyFaceOf(await pixelsOf(partOf("A_another_day")));
    const [leftEye, rightEye, nose, leftMouth, rightMouth] = face.points;
    expect(leftEye.x).toBeLessThan(rightEye.x);
    expect(leftMouth.x).toBeLessThan(rightMouth.x);
    expect(nose.y).toBeGreaterThan(leftEye.y);
    expect(nose.y).toBeLessThan(leftMouth.y);
    expect(face.yaw).toBeLessThan(0.25);
    const profile = sharp(cached("demo", "sample2.jpg")).extract({ left: 200, top: 20, width: 480, height: 500 });
    const [turned] = await finder.find(await pixelsOf(profile));
    expect(turned?.yaw).toBeGreaterThan(0.4);
  });

  it("reads a blurred face as softer than a sharp one of the same size", async () => {
    const sharpFace = await onlyFaceOf(await frameOf("A_another_day", 240));
    const blurred = await onlyFaceOf(await frameOf("A_another_day", 240, 3));
    expect(sharpFace.sharpness).toBeGreaterThan(6);
    expect(blurred.sharpness).toBeLessThan(3.5);
  });

  it("tells a face at the border by a box that touches it", async () => {
    const half = partOf("A_another_day").resize({ width: 420 });
    const cut = await pixelsOf(
      sharp(await half.png().toBuffer()).extract({ left: 0, top: 0, width: 240, height: 458 }),
    );
    const faces = await finder.find(cut);
    expect(faces.every(({ box }) => isCutByEdge(box, cut))).toBe(true);
  });
});

describe("several cameras at once", () => {
  it("gives overlapping calls the answers they get one by one", async () => {
    const names = ["A_one_day", "A_another_day", "S1", "S2", "H"] as const;
    const pictures = await Promise.all(names.map((name) => pixelsOf(partOf(name))));
    const look = async (picture: Picture) => {
      const [face] = await finder.find(picture);
      return face && { face, description: await finder.describe(picture, face) };
    };
    const alone = [];
    for (const picture of pictures) alone.push(await look(picture));
    const together = await Promise.all([...pictures, ...pictures].map(look));
    expect(together).toEqual([...alone, ...alone]);
  });
});

describe("refusing to work", () => {
  it("does not run a picture whose bytes do not fit its size", async () => {
    const wrong = { width: 640, height: 360, rgb: new Uint8Array(640 * 360) };
    await expect(finder.find(wrong)).rejects.toThrow(expect.objectContaining({ code: "LIMEN_MODEL_RUN" }));
  });

  it("does not start with a truncated, replaced or missing model", async () => {
    const folder = await mkdtemp(join(tmpdir(), "limen-models-"));
    const refused = (code: string) => expect.objectContaining({ code });
    try {
      await cp(cached("models"), folder, { recursive: true });
      await truncate(join(folder, manifest.landmark.file), 1000);
      await expect(open({ modelsDir: folder })).rejects.toThrow(refused("LIMEN_MODEL_HASH"));
      await cp(cached("models", manifest.landmark.file), join(folder, manifest.landmark.file));
      await writeFile(join(folder, manifest.embed.file), Buffer.alloc(manifest.embed.bytes));
      await expect(open({ modelsDir: folder })).rejects.toThrow(refused("LIMEN_MODEL_HASH"));
      await rm(join(folder, manifest.embed.file));
      await expect(open({ modelsDir: folder })).rejects.toThrow(refused("LIMEN_MODEL_MISSING"));
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it("does not start with a manifest that describes another model", async () => {
    const refused = expect.objectContaining({ code: "LIMEN_MODEL_MANIFEST" });
    const { embed, detect } = manifest;
    await expect(open({ manifest: { ...manifest, embed: { ...embed, dim: 128 } } })).rejects.toThrow(refused);
    const input = { ...detect.input, width: 640, height: 480 };
    await expect(open({ manifest: { ...manifest, detect: { ...detect, input } } })).rejects.toThrow(refused);
    await expect(open({ manifest: { ...manifest, liveness: null } })).rejects.toThrow(refused);
  });

  it("stops opening when it is told to", async () => {
    await expect(open({ signal: AbortSignal.abort(new Error("stop now")) })).rejects.toThrow("stop now");
  });

  it("gives no liveness when that is off, and no answer at all once closed", async () => {
    const other = await open({ liveness: false });
    const picture = await pixelsOf(partOf("S1"));
    const [face] = await other.find(picture);
    if (face === undefined) throw new Error("no face");
    expect((await other.describe(picture, face)).liveness).toBeNull();
    await other[Symbol.asyncDispose]();
    await other[Symbol.asyncDispose]();
    await expect(other.find(picture)).rejects.toThrow(expect.objectContaining({ code: "LIMEN_MODEL_RUN" }));
  });
});
