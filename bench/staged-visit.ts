import { join } from "node:path";
import sharp from "sharp";
import type { Picture } from "#core/face";
import { type Box, centreOf } from "#core/geometry";
import type { FacePhoto } from "./face-photos.js";
import { randomOf } from "./made-up-faces.js";

/** What the camera sees. */
const VIEW = { width: 640, height: 360 } as const;
const WALL = "#8d8f88";
/** Side of what is cut out around a face, in heights of the face. */
const CUT = 1.7;
/** More than enough pixels to judge a photograph by, and no larger than a telephone would make it. */
const ENROL_CANVAS = 2.4;

/** Pictures come ten a second, for as long as a door is patient with somebody. */
export const TICK_MS = 100;
export const TICKS = 31;

/**
 * How one visit looks. Somebody walks up, in one light, before one camera, and stands before the door. In 640×360 at an angle of 70° a
 * face 22 cm high is 50 px at two metres, 100 at one, 140 at 70 cm; two metres to the door take one or two seconds.
 */
interface Staging {
  readonly fromPx: number;
  readonly toPx: number;
  readonly arrivesMs: number;
  readonly brightness: number;
  readonly contrast: number;
  readonly saturation: number;
  readonly blur: number;
  readonly noise: number;
  readonly quality: number;
  readonly tilt: number;
  readonly x: number;
  readonly y: number;
}

const between = (random: () => number, low: number, high: number): number => low + (high - low) * random();

function stage(random: () => number): Staging {
  return {
    fromPx: between(random, 45, 60),
    toPx: between(random, 85, 140),
    arrivesMs: between(random, 1000, 2000),
    brightness: between(random, 0.55, 1.3),
    contrast: between(random, 0.75, 1.15),
    saturation: between(random, 0.5, 1.2),
    blur: between(random, 0, 1),
    noise: between(random, 0, 7),
    quality: between(random, 35, 85),
    tilt: between(random, -7, 7),
    x: between(random, 0.3, 0.7),
    y: between(random, 0.4, 0.6),
  };
}

async function cutOut({ file, face }: FacePhoto, folder: string): Promise<Buffer> {
  const [left, top, width, height] = face;
  const path = join(folder, file);
  const whole = await sharp(path).metadata();
  const side = CUT * height;
  const from = (centre: number): number => Math.max(0, Math.round(centre - side / 2));
  const x = from(left + width / 2);
  const y = from(top + height / 2);
  return sharp(path)
    .extract({
      left: x,
      top: y,
      width: Math.min(Math.round(side), whole.width - x),
      height: Math.min(Math.round(side), whole.height - y),
    })
    .toColourspace("srgb")
    .png()
    .toBuffer();
}

/** The photograph as somebody would enrol it: the person alone, unaltered, on a plain ground. */
export async function enrolPicture(photo: FacePhoto, folder: string): Promise<Picture> {
  const side = Math.round(ENROL_CANVAS * photo.face[3]);
  const input = await cutOut(photo, folder);
  const rgb = await sharp({ create: { width: side, height: side, channels: 3, background: WALL } })
    .composite([{ input, gravity: "centre" }])
    .removeAlpha()
    .raw()
    .toBuffer();
  return { width: side, height: side, rgb };
}

const NOISE = ((): Int8Array => {
  const random = randomOf(11);
  // Sum of three: near enough to a bell, standard deviation 32.
  return Int8Array.from(
    { length: 2 * VIEW.width * VIEW.height * 3 },
    () => (random() + random() + random() - 1.5) * 64,
  );
})();

function addNoise(rgb: Buffer, sigma: number, random: () => number): void {
  const start = Math.floor((random() * NOISE.length) / 2);
  const factor = sigma / 32;
  for (let i = 0; i < rgb.length; i++) {
    const value = (rgb[i] ?? 0) + (NOISE[start + i] ?? 0) * factor + 0.5;
    rgb[i] = value < 0 ? 0 : value > 255 ? 255 : value;
  }
}

export interface StagedFrame {
  readonly picture: Picture;
  /** Where the face was put, px. */
  readonly at: { readonly x: number; readonly y: number };
}

/** Motion blurs a walking person's face more than a standing one's, px. */
const WALKING_BLUR = 0.9;
const STANDING_BLUR = 0.4;

/**
 * The pictures of one visit made of one photograph, by number, the same for the same seed: the face comes closer and then stands while its
 * place, tilt, motion blur and compression change from picture to picture; light, colour, focus, noise and quality are the visit's own.
 */
export function stageVisit(photo: FacePhoto, folder: string, seed: number): (tick: number) => Promise<StagedFrame> {
  const look = stage(randomOf(seed));
  let cut: Promise<Buffer> | undefined;
  return async (tick) => {
    cut ??= cutOut(photo, folder);
    return shoot(await cut, photo.face[3], look, tick, randomOf(seed * 1000 + tick));
  };
}

async function shoot(
  face: Buffer,
  facePx: number,
  look: Staging,
  tick: number,
  random: () => number,
): Promise<StagedFrame> {
  const progress = Math.min(1, (tick * TICK_MS) / look.arrivesMs);
  const heightPx = (look.fromPx + (look.toPx - look.fromPx) * progress) * between(random, 0.97, 1.03);
  const scale = heightPx / facePx;
  const { width, height } = await sharp(face).metadata();
  const figure = await sharp(face)
    .resize({ width: Math.round(width * scale), height: Math.round(height * scale), fit: "fill" })
    .rotate(look.tilt + between(random, -3, 3), { background: WALL })
    .toBuffer({ resolveWithObject: true });
  const at = {
    x: look.x * VIEW.width + between(random, -20, 20),
    y: look.y * VIEW.height + between(random, -8, 8),
  };
  const place = (centre: number, size: number, whole: number): number =>
    Math.max(0, Math.min(whole - size, Math.round(centre - size / 2)));
  const left = place(at.x, figure.info.width, VIEW.width);
  const top = place(at.y, figure.info.height, VIEW.height);
  const blur = look.blur + between(random, 0, progress < 1 ? WALKING_BLUR : STANDING_BLUR);
  const seen = await sharp({ create: { ...VIEW, channels: 3, background: WALL } })
    .composite([{ input: figure.data, left, top }])
    .removeAlpha()
    .toColourspace("srgb")
    .raw()
    .toBuffer();
  const shot = await sharp(seen, { raw: { ...VIEW, channels: 3 } })
    .blur(Math.max(0.3, blur))
    .modulate({ brightness: look.brightness, saturation: look.saturation })
    .linear(look.contrast, 128 * (1 - look.contrast))
    .raw()
    .toBuffer();
  addNoise(shot, look.noise, random);
  const jpeg = await sharp(shot, { raw: { ...VIEW, channels: 3 } })
    .jpeg({ quality: Math.round(look.quality + between(random, -8, 8)) })
    .toBuffer();
  return {
    picture: { ...VIEW, rgb: await sharp(jpeg).raw().toBuffer() },
    at: { x: left + figure.info.width / 2, y: top + figure.info.height / 2 },
  };
}

/** The face nearest to where one was put; undefined when none is within its own height of it. */
export function nearestTo<Face extends { readonly box: Box }>(
  faces: readonly Face[],
  { x, y }: StagedFrame["at"],
): Face | undefined {
  const away = ({ box }: Face): number => {
    const centre = centreOf(box);
    return Math.hypot(centre.x - x, centre.y - y) / box.height;
  };
  const [nearest] = [...faces].sort((a, b) => away(a) - away(b));
  return nearest !== undefined && away(nearest) <= 1 ? nearest : undefined;
}
