import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type FfmpegBinary, locateFfmpeg } from "#adapters/ffmpeg/binary";
import type { Picture } from "#core/face";
import { loadClip } from "#demo/camera/load-clip";
import { decodePreview } from "#demo/clip/preview";
import { renderClip } from "#demo/clip/render";
import { renderSnapshot } from "#demo/clip/snapshot";
import { renderViewFault, type ViewFault } from "#demo/clip/view-fault";

const shape = { width: 320, height: 180, fps: 10 };
const SECONDS = 1;
let directory: string;
let ffmpeg: FfmpegBinary;
let sceneFile: string;

beforeAll(async () => {
  ffmpeg = await locateFfmpeg();
  directory = await mkdtemp(join(tmpdir(), "limen-view-fault-"));
  sceneFile = join(directory, "scene.h264");
  await renderClip({ ...shape, ffmpeg, assetsDir: directory, outFile: sceneFile, visits: [] });
});
afterAll(() => rm(directory, { recursive: true, force: true }));

/** Pictures of the clip, every one, in full size. */
async function decode(clipFile: string): Promise<readonly Picture[]> {
  const { width, height, fps } = shape;
  return (await decodePreview({ ffmpeg, clipFile, clipFps: fps, width, height, fps })).pictures;
}

async function view(fault: ViewFault): Promise<readonly Picture[]> {
  const outFile = join(directory, `${fault}.h264`);
  await renderViewFault({ ...shape, ffmpeg, sceneFile, fault, seconds: SECONDS, outFile });
  const clip = await loadClip(outFile); // throws when the camera could not serve it
  expect(clip.units).toHaveLength(SECONDS * shape.fps);
  const pictures = await decode(outFile);
  expect(pictures).toHaveLength(SECONDS * shape.fps);
  return pictures;
}

/** Green, 0..255. */
function at({ rgb, width }: Picture, x: number, y: number): number {
  return rgb[(y * width + x) * 3 + 1] ?? 0;
}

function facts(picture: Picture): { mean: number; spread: number; edge: number } {
  const greens = Array.from({ length: picture.width * picture.height }, (_, i) => picture.rgb[i * 3 + 1] ?? 0);
  const mean = greens.reduce((sum, value) => sum + value, 0) / greens.length;
  const spread = Math.sqrt(greens.reduce((sum, value) => sum + (value - mean) ** 2, 0) / greens.length);
  const row = Array.from({ length: picture.width - 1 }, (_, x) =>
    Math.abs(at(picture, x + 1, 90) - at(picture, x, 90)),
  );
  return { mean, spread, edge: Math.max(...row) };
}

async function sceneFacts(): Promise<{ first: Picture; mean: number; spread: number; edge: number }> {
  const [first] = await decode(sceneFile);
  if (first === undefined) throw new Error("the scene has no picture");
  return { first, ...facts(first) };
}

const differ = (one: Picture | undefined, other: Picture | undefined): boolean =>
  Buffer.compare(one?.rgb ?? Buffer.alloc(0), other?.rgb ?? Buffer.alloc(0)) !== 0;

test("a black view is dark and without texture, a covered one is grey, noisy and without texture", async () => {
  const scene = await sceneFacts();
  const [black] = (await view("black")).map(facts);
  const covered = await view("covered");
  const [grey] = covered.map(facts);
  expect(scene.spread).toBeGreaterThan(20);
  expect(black?.mean).toBeLessThan(8);
  expect(black?.spread).toBeLessThan(4);
  expect(grey?.mean).toBeGreaterThan(60);
  expect(grey?.spread).toBeLessThan(8);
  expect(differ(covered[0], covered[5])).toBe(true); // the sensor is alive
});

test("a moved view is the scene a quarter of its width further left", async () => {
  const { first: scene } = await sceneFacts();
  const [moved] = await view("moved");
  if (moved === undefined) throw new Error("no picture");
  const distance = (shift: number): number =>
    Math.max(...[120, 150, 180, 210].map((x) => Math.abs(at(moved, x - 80, 90) - at(scene, x - 80 + shift, 90))));
  expect(distance(80)).toBeLessThan(30);
  expect(distance(0)).toBeGreaterThan(40);
});

test("a snapshot is the scene's first picture as a JPEG", async () => {
  const { first: scene } = await sceneFacts();
  const jpeg = await renderSnapshot({ ffmpeg, clipFile: sceneFile });
  const { data, info } = await sharp(jpeg).raw().toBuffer({ resolveWithObject: true });
  expect([info.format, info.width, info.height]).toEqual(["raw", shape.width, shape.height]);
  for (const x of [20, 160, 240])
    expect(Math.abs((data[(90 * info.width + x) * 3 + 1] ?? 0) - at(scene, x, 90))).toBeLessThan(25);
});

test("a blurred view keeps its brightness and loses its edges", async () => {
  const scene = await sceneFacts();
  const [blurred] = (await view("blurred")).map(facts);
  expect(Math.abs((blurred?.mean ?? 0) - scene.mean)).toBeLessThan(6);
  expect(blurred?.edge).toBeLessThan(scene.edge / 2);
});
