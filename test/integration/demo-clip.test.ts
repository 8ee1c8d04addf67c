import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type FfmpegBinary, locateFfmpeg } from "#adapters/ffmpeg/binary";
import type { Picture as DecodedPicture } from "#core/face";
import { loadClip } from "#demo/camera/load-clip";
import { cutEnrolmentPhotos } from "#demo/clip/enrol-photos";
import { decodePreview } from "#demo/clip/preview";
import { renderClip } from "#demo/clip/render";
import type { ClipVisit, Picture } from "#demo/clip/visit";

// The cast's photos stay out of the tests: a magenta square on grey, 100 px high, stands in for a face.
const CARD_PX = 400;
const crop = { x: 0, y: 0, width: CARD_PX, height: CARD_PX };
const still: Picture = { file: "card.png", fromS: null, crop, faceHeightPx: 100 };
const moving: Picture = { file: "card.mp4", fromS: 1, crop, faceHeightPx: 100 };
const visits: readonly ClipVisit[] = [
  { id: "still", label: "Still", person: "one", expected: "granted", picture: still },
  { id: "moving", label: "Moving", person: null, expected: "denied", picture: moving },
  { id: "photo", label: "Photo", person: "one", expected: "granted", isPictureAttack: true, picture: still },
];
const shape = { width: 320, height: 180, fps: 10 };
let directory: string;
let assetsDir: string;
let ffmpeg: FfmpegBinary;

beforeAll(async () => {
  ffmpeg = await locateFfmpeg();
  directory = await mkdtemp(join(tmpdir(), "limen-demo-clip-"));
  assetsDir = join(directory, "assets 100%d"); // a name that ffmpeg's image reader would take for a pattern
  await mkdir(assetsDir);
  const run = promisify(execFile);
  const card = `color=0x808080:s=${CARD_PX}x${CARD_PX}:r=25:d=8,drawbox=x=150:y=220:w=100:h=100:color=0xff00ff:t=fill`;
  await run(ffmpeg.path, [
    "-v",
    "error",
    "-f",
    "lavfi",
    "-i",
    card,
    "-frames:v",
    "1",
    "-update",
    "1",
    join(directory, "card.png"),
  ]);
  await run(ffmpeg.path, [
    "-v",
    "error",
    "-f",
    "lavfi",
    "-i",
    card,
    "-pix_fmt",
    "yuv420p",
    join(directory, "card.mp4"),
  ]);
  await writeFile(join(assetsDir, "card.png"), await readFile(join(directory, "card.png")));
  await writeFile(join(assetsDir, "card.mp4"), await readFile(join(directory, "card.mp4")));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

/** Height of what is magenta in the picture, px. */
function magentaHeight({ width, height, rgb }: DecodedPicture): number {
  const rows = Array.from({ length: height }, (_, y) => y).filter((y) => {
    const row = rgb.subarray(y * width * 3, (y + 1) * width * 3);
    return row.some((red, at) => at % 3 === 0 && red > 160 && (row[at + 1] ?? 255) < 90 && (row[at + 2] ?? 0) > 160);
  });
  return rows.length === 0 ? 0 : (rows.at(-1) ?? 0) - (rows[0] ?? 0) + 1;
}

describe("the rendered clip", () => {
  test("shows each visitor as high as the timeline says, and nobody in between", async () => {
    const outFile = join(directory, "new folder", "clip.h264");
    const progress: number[] = [];
    const timeline = await renderClip({
      ...shape,
      ffmpeg,
      assetsDir,
      outFile,
      visits,
      onProgress: (done) => progress.push(done),
    });
    const clip = await loadClip(outFile);
    expect(clip.units).toHaveLength(timeline.frames);
    expect(clip.units.every((unit, index) => unit.isKey === (index % shape.fps === 0))).toBe(true);
    expect(progress.every((done) => done >= 0 && done <= 1)).toBe(true);

    const full = await decodePreview({ ffmpeg, clipFile: outFile, clipFps: shape.fps, ...shape });
    expect(full.pictures).toHaveLength(timeline.frames);
    for (const { startFrame, endFrame, nominalHeightPx } of timeline.visits) {
      for (const frame of [startFrame, startFrame + 10, startFrame + 25, endFrame - 16, endFrame - 6, endFrame - 1]) {
        const seen = magentaHeight(full.at(frame));
        // A tilted telephone is a little higher; chroma is half as fine as luma.
        expect(Math.abs(seen - nominalHeightPx(frame)), `frame ${frame}: ${seen}`).toBeLessThanOrEqual(6);
      }
      expect(magentaHeight(full.at(startFrame - 1))).toBe(0);
      expect(magentaHeight(full.at(endFrame))).toBe(0);
    }
    expect((await readdir(join(directory, "new folder"))).toSorted()).toEqual(["clip.h264", "clip.h264.json"]);
  });

  test("is made once, and anew when the recipe, a picture or the clip is no longer the same", async () => {
    const outFile = join(directory, "again.h264");
    const options = { ...shape, ffmpeg, assetsDir, outFile, visits: visits.slice(0, 1) };
    const past = new Date(2001, 1, 1);
    const isMadeBy = async (change: Partial<typeof options>): Promise<boolean> => {
      await utimes(outFile, past, past).catch(() => {});
      await renderClip({ ...options, ...change });
      return (await stat(outFile)).mtimeMs !== past.getTime();
    };
    expect(await isMadeBy({})).toBe(true);
    expect(await isMadeBy({})).toBe(false);
    expect(await isMadeBy({ fps: 5 })).toBe(true);
    expect(await isMadeBy({ ffmpeg: { ...ffmpeg, version: "another" }, fps: 5 })).toBe(true);
    await writeFile(`${outFile}.json`, "{ cut short");
    expect(await isMadeBy({ fps: 5 })).toBe(true);
    await rm(outFile);
    expect(await isMadeBy({ fps: 5 })).toBe(true);
  });

  test("leaves nothing behind when a picture is missing or the render is stopped", async () => {
    const outDir = join(directory, "stopped");
    const options = { ...shape, ffmpeg, assetsDir, outFile: join(outDir, "clip.h264"), visits };
    await expect(
      renderClip({
        ...options,
        assetsDir: directory,
        visits: [{ ...visits[0], picture: { ...still, file: "gone.jpg" } }] as ClipVisit[],
      }),
    ).rejects.toMatchObject({
      code: "LIMEN_DEMO_ASSET",
      message: expect.stringContaining("gone.jpg"),
    });
    const stop = AbortSignal.timeout(300);
    await expect(renderClip({ ...options, signal: stop })).rejects.toThrow();
    expect(await readdir(outDir).catch(() => [])).toEqual([]);
  });
});

test("the preview is small and follows the clip's frames", async () => {
  const outFile = join(directory, "again.h264");
  await renderClip({ ...shape, ffmpeg, assetsDir, outFile, visits: visits.slice(0, 1) });
  const preview = await decodePreview({ ffmpeg, clipFile: outFile, clipFps: shape.fps });
  expect(preview.pictures).toHaveLength(12 * 5);
  expect(preview.at(0)).toMatchObject({ width: 64, height: 36 });
  expect(preview.at(0).rgb).toHaveLength(64 * 36 * 3);
  expect(magentaHeight(preview.at(65))).toBeGreaterThan(8);
  expect(magentaHeight(preview.at(20))).toBe(0);
  expect(preview.at(10_000)).toBe(preview.pictures.at(-1));
  const huge = decodePreview({ ffmpeg, clipFile: outFile, clipFps: shape.fps, width: 1280, height: 720 });
  await expect(huge).rejects.toMatchObject({ code: "LIMEN_DEMO_FAILED" });
});

test("enrolment pictures are crops of still and video, as JPEG without metadata", async () => {
  const photo = await sharp(join(directory, "card.png"))
    .withExif({ IFD0: { Copyright: "somebody" } })
    .jpeg()
    .toBuffer();
  await writeFile(join(assetsDir, "card.jpg"), photo);
  expect((await sharp(photo).metadata()).exif).toBeDefined();
  const outDir = await mkdtemp(join(directory, "enrol-"));
  const part = { x: 100, y: 180, width: 200, height: 180 };
  const photos = await cutEnrolmentPhotos({
    ffmpeg,
    assetsDir,
    outDir,
    people: [
      { id: "one", name: "One", picture: { ...still, file: "card.jpg", crop: part } },
      { id: "two", name: "Two", picture: { ...moving, crop: part } },
    ],
  });
  expect(photos.map(({ id, name }) => `${id} ${name}`)).toEqual(["one One", "two Two"]);
  for (const { file } of photos) {
    const meta = await sharp(file).metadata();
    expect([meta.format, meta.width, meta.height, meta.exif, meta.icc]).toEqual([
      "jpeg",
      200,
      180,
      undefined,
      undefined,
    ]);
    const { data, info } = await sharp(file).raw().toBuffer({ resolveWithObject: true });
    expect(magentaHeight({ width: info.width, height: info.height, rgb: data })).toBeGreaterThan(95);
  }
  const missing = [{ id: "x", name: "X", picture: { ...still, file: "gone.jpg" } }];
  await expect(cutEnrolmentPhotos({ ffmpeg, assetsDir, outDir, people: missing })).rejects.toMatchObject({
    code: "LIMEN_DEMO_ASSET",
  });
});
