import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp, { type Sharp } from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { encodeCrop } from "#adapters/faces/encode-crop";
import { createPhotoReader } from "#adapters/faces/photo-reader";
import type { Picture } from "#core/face";

const RED = { r: 200, g: 30, b: 40 };
const BLUE = { r: 20, g: 60, b: 180 };
const reader = createPhotoReader();
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "limen-photos-"));
});

afterAll(() => rm(folder, { recursive: true }));

/** Left half red, right half blue. */
function twoHalves(width = 80, height = 40): Sharp {
  const rgb = new Uint8Array(width * height * 3);
  for (let at = 0; at < rgb.length; at += 3) {
    const { r, g, b } = (at / 3) % width < width / 2 ? RED : BLUE;
    rgb.set([r, g, b], at);
  }
  return sharp(rgb, { raw: { width, height, channels: 3 } });
}

async function put(name: string, content: Uint8Array | Sharp): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, content instanceof Uint8Array ? content : await content.toBuffer());
  return file;
}

function expectColour({ width, rgb }: Picture, x: number, y: number, { r, g, b }: typeof RED, within = 12): void {
  const at = (y * width + x) * 3;
  for (const [index, wanted] of [r, g, b].entries()) {
    expect(Math.abs((rgb[at + index] ?? -999) - wanted)).toBeLessThanOrEqual(within);
  }
}

const refusedAs = (code: string) => expect.objectContaining({ code, hint: expect.any(String) });

describe("reading photos", () => {
  it.each(["jpeg", "png", "webp"] as const)("reads a %s as packed RGB", async (format) => {
    const picture = await reader.read(await put(`halves.${format}`, twoHalves().toFormat(format)));
    expect(picture).toMatchObject({ width: 80, height: 40 });
    expect(picture.rgb).toHaveLength(80 * 40 * 3);
    expectColour(picture, 10, 20, RED);
    expectColour(picture, 70, 20, BLUE);
  });

  it("turns a photo upright that was taken sideways", async () => {
    const sideways = twoHalves().jpeg({ quality: 95 }).withMetadata({ orientation: 6 });
    const picture = await reader.read(await put("sideways.jpg", sideways));
    expect(picture).toMatchObject({ width: 40, height: 80 });
    expectColour(picture, 20, 10, RED);
    expectColour(picture, 20, 70, BLUE);
  });

  it("shrinks a large photo to the longest side it wants, turned ones too, and enlarges none", async () => {
    const large = await put("large.jpg", twoHalves(3000, 1000).jpeg().withMetadata({ orientation: 6 }));
    const { width, height } = await reader.read(large);
    expect([width, height]).toEqual([533, 1600]);
    expect(await createPhotoReader({ maxSide: 60 }).read(large)).toMatchObject({ width: 20, height: 60 });
  });

  it("reads grey, 16-bit, CMYK and transparent pictures as 8-bit RGB", async () => {
    const grey = await reader.read(await put("grey.jpg", twoHalves().greyscale().jpeg()));
    expect(grey.rgb).toHaveLength(80 * 40 * 3);
    expect(grey.rgb[0]).toBe(grey.rgb[1]);
    const deep = await reader.read(await put("deep.png", twoHalves().toColourspace("rgb16").png()));
    expectColour(deep, 10, 10, RED);
    const print = await reader.read(await put("print.jpg", twoHalves().toColourspace("cmyk").jpeg({ quality: 95 })));
    expectColour(print, 70, 10, BLUE, 60);
    const clear = { create: { width: 30, height: 30, channels: 4 as const, background: { ...RED, alpha: 0 } } };
    expectColour(await reader.read(await put("clear.png", sharp(clear).png())), 5, 5, { r: 255, g: 255, b: 255 });
  });

  it("takes the first page of a moving picture", async () => {
    const page = (background: typeof RED) =>
      sharp({ create: { width: 20, height: 20, channels: 3, background } })
        .png()
        .toBuffer();
    const moving = sharp([await page(RED), await page(BLUE)], { join: { animated: true } }).webp({ lossless: true });
    const picture = await reader.read(await put("moving.webp", moving));
    expect(picture).toMatchObject({ width: 20, height: 20 });
    expectColour(picture, 5, 5, RED);
  });
});

describe("reading photos from bytes", () => {
  it("does the same as from a file, and tells how large the upright picture was", async () => {
    const sideways = await twoHalves(3000, 1000).jpeg().withMetadata({ orientation: 6 }).toBuffer();
    const photo = await reader.decode(sideways);
    expect(photo).toMatchObject({ width: 533, height: 1600, original: { width: 1000, height: 3000 } });
    expect(photo.rgb).toEqual((await reader.read(await put("sideways-large.jpg", sideways))).rgb);
  });

  it("refuses what files are refused for, without naming a file", async () => {
    const unreadable = refusedAs("LIMEN_PHOTO_UNREADABLE");
    await expect(reader.decode(new Uint8Array())).rejects.toThrow(unreadable);
    await expect(reader.decode(Buffer.from("not a photo at all"))).rejects.toThrow(unreadable);
    await expect(reader.decode(await twoHalves().gif().toBuffer())).rejects.toThrow(unreadable);
    const fine = await twoHalves().png().toBuffer();
    const tooLarge = refusedAs("LIMEN_PHOTO_TOO_LARGE");
    await expect(createPhotoReader({ maxBytes: 50 }).decode(fine)).rejects.toThrow(tooLarge);
    await expect(createPhotoReader({ maxPixels: 3000 }).decode(fine)).rejects.toThrow(/^the picture has 80×40 pixels/);
  });
});

describe("refusing photos", () => {
  it.each(["jpeg", "png", "webp"] as const)("refuses a %s that was cut short", async (format) => {
    const noise = Uint8Array.from({ length: 200 * 200 * 3 }, (_, index) => (index * 7919) % 251);
    const whole = await sharp(noise, { raw: { width: 200, height: 200, channels: 3 } })
      .toFormat(format)
      .toBuffer();
    const file = await put(`short.${format}`, whole.subarray(0, Math.floor(whole.length / 2)));
    await expect(reader.read(file)).rejects.toThrow(refusedAs("LIMEN_PHOTO_UNREADABLE"));
  });

  it.each<[string, Uint8Array]>([
    ["an empty file", new Uint8Array()],
    ["a text", Buffer.from("not a photo at all")],
    [
      "an SVG",
      Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>'),
    ],
    ["a PDF", Buffer.from("%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF")],
    ["a PPM", Buffer.concat([Buffer.from("P6 2 2 255\n"), Buffer.alloc(12)])],
  ])("refuses %s", async (name, content) => {
    const file = await put(`${name}.jpg`, content);
    await expect(reader.read(file)).rejects.toThrow(refusedAs("LIMEN_PHOTO_UNREADABLE"));
  });

  it("refuses formats libvips could read but Limen does not want", async () => {
    for (const format of ["gif", "tiff"] as const) {
      const file = await put(`other.${format}`, twoHalves().toFormat(format));
      await expect(reader.read(file)).rejects.toThrow(refusedAs("LIMEN_PHOTO_UNREADABLE"));
    }
  });

  it("refuses a missing file and a folder", async () => {
    await expect(reader.read(join(folder, "nowhere.jpg"))).rejects.toThrow(refusedAs("LIMEN_PHOTO_UNREADABLE"));
    await expect(reader.read(folder)).rejects.toThrow(refusedAs("LIMEN_PHOTO_UNREADABLE"));
  });

  it("refuses too many bytes without reading them and too many pixels without decoding them", async () => {
    const file = await put("fine.png", twoHalves(1000, 1000).png());
    const tooLarge = refusedAs("LIMEN_PHOTO_TOO_LARGE");
    await expect(createPhotoReader({ maxBytes: 500 }).read(file)).rejects.toThrow(tooLarge);
    await expect(createPhotoReader({ maxPixels: 999_999 }).read(file)).rejects.toThrow(tooLarge);
    // A bomb: a few kilobytes that say they are 6000 × 4200 pixels.
    const bomb = sharp({ create: { width: 6000, height: 4200, channels: 3, background: RED } }).png();
    await expect(reader.read(await put("bomb.png", bomb))).rejects.toThrow(tooLarge);
  });
});

describe("encodeCrop", () => {
  const picture = (): Promise<Picture> =>
    twoHalves()
      .raw()
      .toBuffer()
      .then((rgb) => ({ width: 80, height: 40, rgb }));

  it("cuts the face and a little around it, as a JPEG without metadata", async () => {
    const jpeg = await encodeCrop(await picture(), { left: 50, top: 10, width: 10, height: 20 }, { scale: 1.2 });
    const { format, width, height, exif } = await sharp(jpeg).metadata();
    expect({ format, width, height, exif }).toEqual({ format: "jpeg", width: 12, height: 24, exif: undefined });
    const rgb = await sharp(jpeg).raw().toBuffer();
    expectColour({ width: 12, height: 24, rgb }, 6, 12, BLUE);
  });

  it("shrinks it to the side that is asked for, and enlarges none", async () => {
    const box = { left: 20, top: 0, width: 40, height: 40 };
    const small = await encodeCrop(await picture(), box, { scale: 1, maxSide: 20 });
    expect(await sharp(small).metadata()).toMatchObject({ width: 20, height: 20 });
    const same = await encodeCrop(await picture(), box, { scale: 1, maxSide: 500 });
    expect(await sharp(same).metadata()).toMatchObject({ width: 40, height: 40 });
  });

  it("stays inside the picture", async () => {
    const jpeg = await encodeCrop(await picture(), { left: -5, top: 25, width: 30, height: 30 }, { scale: 2 });
    expect(await sharp(jpeg).metadata()).toMatchObject({ width: 40, height: 30 });
  });

  it("says so when there is nothing to cut", async () => {
    const outside = { left: 500, top: 500, width: 10, height: 10 };
    await expect(encodeCrop(await picture(), outside)).rejects.toThrow(
      expect.objectContaining({ code: "LIMEN_INTERNAL" }),
    );
  });
});
