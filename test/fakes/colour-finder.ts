import sharp from "sharp";
import type { FaceFinder } from "#ports/face-finder";
import { faceAt, templateOf } from "./faces";

/** A picture in one colour that the fake finder below knows: how many faces it shows, and whose the largest is. */
export async function colourPhoto(person: number, faces = 1, format: "png" | "jpeg" | "webp" = "png"): Promise<Buffer> {
  const background = { r: faces * 40, g: person * 8, b: 128 };
  const image = sharp({ create: { width: 320, height: 320, channels: 3, background } });
  return image.toFormat(format, format === "webp" ? { lossless: true } : { quality: 100 }).toBuffer();
}

export interface ColourFinder extends FaceFinder {
  /** Pictures it was asked to describe. */
  readonly described: { width: number; height: number }[];
  /** Height of the faces it finds, px. */
  faceHeight: number;
  /** Norm of the templates it makes. */
  norm: number;
  /** What finding a face waits for. */
  before: () => Promise<void>;
}

/** Finds and "recognises" people by the colour of their picture; different people are strangers (cosine 0). */
export function createColourFinder(): ColourFinder {
  const finder: ColourFinder = {
    modelId: "model-a",
    samePersonCosine: 0.5,
    minNorm: 3,
    borderlineNorm: 3,
    described: [],
    faceHeight: 200,
    norm: 3.6,
    before: async () => {},
    async find({ rgb }) {
      await finder.before();
      const count = Math.round((rgb[0] ?? 0) / 40);
      return Array.from({ length: count }, (_, i) => faceAt(40 + i, 40, finder.faceHeight - i * 20));
    },
    async describe({ rgb, width, height }) {
      finder.described.push({ width, height });
      return { template: templateOf(Math.round((rgb[1] ?? 0) / 8), "model-a", 32, finder.norm), liveness: null };
    },
  };
  return finder;
}
