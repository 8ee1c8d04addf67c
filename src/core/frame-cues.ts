import type { FivePoints, FoundFace, Picture, Template } from "#core/face";
import { centreOf } from "#core/geometry";
import { type EdgesAround, edgesAround } from "#core/straight-edges";
import { cosineOf } from "#core/template";

/** What one picture adds to the question whether a person or a picture of one is there: small numbers, no pixel, no template. */
export interface FrameCues {
  /** The face's centre and height, px. */
  readonly place: { readonly x: number; readonly y: number; readonly height: number };
  /** Where the nose lies in the plane of eyes and mouth; null when the points make no plane. */
  readonly nose: NosePlace | null;
  /** Cosine to the template of the visit's frame before; null for its first. */
  readonly likeness: number | null;
  readonly edges: EdgesAround;
  /** Ms since this camera showed the very same picture; null = it is new. */
  readonly repeatOfMs: number | null;
  /** Another camera that saw the same person just then; null = none. */
  readonly alsoAt: string | null;
}

/** In the plane spanned by the eyes' line (across) and the line from the eyes' middle to the mouth's (down); 0, 0 is the eyes' middle. */
export interface NosePlace {
  readonly across: number;
  readonly down: number;
}

const rounded = (value: number, digits: number): number => Math.round(value * 10 ** digits) / 10 ** digits;

/**
 * The nose in coordinates that no turning, tilting, shrinking or slanting of a flat picture changes (they are affine). The tip of a
 * real nose stands before the plane of eyes and mouth, so it wanders in them with every small turn of the head.
 */
export function nosePlaceOf([left, right, nose, leftMouth, rightMouth]: FivePoints): NosePlace | null {
  const middle = { x: (left.x + right.x) / 2, y: (left.y + right.y) / 2 };
  const eyes = { x: right.x - left.x, y: right.y - left.y };
  const down = { x: (leftMouth.x + rightMouth.x) / 2 - middle.x, y: (leftMouth.y + rightMouth.y) / 2 - middle.y };
  const tip = { x: nose.x - middle.x, y: nose.y - middle.y };
  const area = eyes.x * down.y - eyes.y * down.x;
  const place = {
    across: rounded((tip.x * down.y - tip.y * down.x) / area, 4),
    down: rounded((eyes.x * tip.y - eyes.y * tip.x) / area, 4),
  };
  return Number.isFinite(place.across) && Number.isFinite(place.down) ? place : null;
}

/** Reads the cues of one described face. `before` is the template of the same visit's frame before. */
export function frameCues(
  picture: Picture,
  face: FoundFace,
  templates: { readonly now: Template; readonly before: Template | null },
  repeatOfMs: number | null,
): FrameCues {
  const { x, y } = centreOf(face.box);
  return {
    place: { x: rounded(x, 1), y: rounded(y, 1), height: rounded(face.box.height, 1) },
    nose: nosePlaceOf(face.points),
    likeness: templates.before === null ? null : rounded(cosineOf(templates.now, templates.before), 4),
    edges: edgesAround(picture, face.box),
    repeatOfMs: repeatOfMs === null ? null : Math.round(repeatOfMs),
    alsoAt: null,
  };
}

/** Distance of the bytes that a picture's fingerprint is made of; not a multiple of 3, so that all colours count. */
const STRIDE = 17;

/**
 * 32 bits that are equal for byte-for-byte equal pictures and differ for nearly all others (FNV-1a over every 17th byte). The noise of a
 * live sensor never comes twice; a recording that is played again decodes to the same bytes.
 */
export function fingerprintOf({ rgb }: Picture): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < rgb.length; i += STRIDE) hash = Math.imul(hash ^ (rgb[i] ?? 0), 0x01000193);
  return hash >>> 0;
}
