import sharp from "sharp";
import type { Picture } from "#core/face";
import type { Box } from "#core/geometry";
import { LimenError, messageOf } from "#errors";

export interface CropOptions {
  /** How many times the face's box the crop is wide and high; it is cut at the picture's border. */
  readonly scale?: number;
  /** JPEG quality, 1..100. */
  readonly quality?: number;
  /** Longer side of the JPEG at most, px; without it the crop keeps its size. */
  readonly maxSide?: number;
}

/** A face and a little around it as a JPEG without metadata, to show somebody which face was meant. Throws LIMEN_INTERNAL. */
export async function encodeCrop(picture: Picture, box: Box, options: CropOptions = {}): Promise<Uint8Array> {
  const { scale = 1.6, quality = 90, maxSide } = options;
  const within = (value: number, most: number) => Math.min(most, Math.max(0, Math.round(value)));
  const grow = (scale - 1) / 2;
  const left = within(box.left - box.width * grow, picture.width);
  const top = within(box.top - box.height * grow, picture.height);
  const width = within(box.left + box.width * (1 + grow), picture.width) - left;
  const height = within(box.top + box.height * (1 + grow), picture.height) - top;
  try {
    if (width < 1 || height < 1) throw new RangeError("it lies outside");
    const image = sharp(picture.rgb, { raw: { width: picture.width, height: picture.height, channels: 3 } });
    const crop = image.extract({ left, top, width, height });
    if (maxSide !== undefined)
      crop.resize({ width: maxSide, height: maxSide, fit: "inside", withoutEnlargement: true });
    return await crop.jpeg({ quality }).toBuffer();
  } catch (cause) {
    throw new LimenError("LIMEN_INTERNAL", `cannot cut a face out of its picture: ${messageOf(cause)}`, { cause });
  }
}
