import { type Box, overlap } from "#core/geometry";
import { LimenError } from "#errors";

export interface Detection {
  readonly box: Box;
  readonly confidence: number;
}

/** More boxes than this above the threshold is no crowd but a broken model or a hostile picture; the best ones are kept. */
const MAX_BOXES = 750;

/**
 * Reads a detector that answers with finished boxes: `scores` holds (background, face) pairs, `boxes` left, top, right, bottom as
 * fractions of a detector input that spans `width` × `height` picture pixels. Confidence descending, at most 750.
 * Throws LIMEN_MODEL_RUN when the two do not belong together or a box is not made of numbers.
 */
export function readDetections(
  scores: Float32Array,
  boxes: Float32Array,
  { width, height }: { width: number; height: number },
  threshold: number,
): Detection[] {
  if (scores.length * 2 !== boxes.length)
    throw broken(`${scores.length / 2} scores came with ${boxes.length / 4} boxes`);
  const found: Detection[] = [];
  for (let index = 0; index < scores.length / 2; index++) {
    const confidence = scores[index * 2 + 1] as number;
    if (Number.isNaN(confidence)) throw broken("a score is not a number");
    if (confidence <= threshold) continue;
    const left = (boxes[index * 4] as number) * width;
    const top = (boxes[index * 4 + 1] as number) * height;
    const right = (boxes[index * 4 + 2] as number) * width;
    const bottom = (boxes[index * 4 + 3] as number) * height;
    if (!Number.isFinite(left + top + right + bottom)) throw broken("a box is not made of numbers");
    if (right - left < 1 || bottom - top < 1) continue;
    found.push({ box: { left, top, width: right - left, height: bottom - top }, confidence });
  }
  return found.sort((a, b) => b.confidence - a.confidence).slice(0, MAX_BOXES);
}

/**
 * Greedy non-maximum suppression: of boxes that overlap (intersection over union) by more than `limit`, only the most confident
 * stays. Expects and keeps confidence descending.
 */
export function withoutDuplicates(sorted: readonly Detection[], limit: number): Detection[] {
  const kept: Detection[] = [];
  for (const candidate of sorted) {
    if (kept.every(({ box }) => overlap(box, candidate.box) <= limit)) kept.push(candidate);
  }
  return kept;
}

/** A box that lies within another by more than this share is the same face, seen at two scales. */
const WITHIN = 0.75;

/**
 * One list from the look at the whole picture and looks at its parts, confidence descending: of the same face found twice only the
 * more confident stays.
 */
export function mergedLooks(looks: readonly (readonly Detection[])[], limit: number): Detection[] {
  const sorted = looks.flat().sort((a, b) => b.confidence - a.confidence);
  const kept: Detection[] = [];
  for (const candidate of sorted) {
    const isKnown = ({ box }: Detection): boolean =>
      overlap(box, candidate.box) > limit || sharedWithSmaller(box, candidate.box) > WITHIN;
    if (!kept.some(isKnown)) kept.push(candidate);
  }
  return kept;
}

/**
 * What a look at a part of the picture found, in the whole picture's pixels; without boxes that the part's border cuts, unless it
 * is the picture's own: the rest of that face would be missing.
 */
export function inWholePicture(
  found: readonly Detection[],
  part: Box,
  picture: { width: number; height: number },
): Detection[] {
  const right = part.left + part.width;
  const bottom = part.top + part.height;
  return found
    .map(({ box, confidence }) => ({
      box: { ...box, left: box.left + part.left, top: box.top + part.top },
      confidence,
    }))
    .filter(
      ({ box }) =>
        (part.left === 0 || box.left > part.left) &&
        (part.top === 0 || box.top > part.top) &&
        (right >= picture.width || box.left + box.width < right) &&
        (bottom >= picture.height || box.top + box.height < bottom),
    );
}

function sharedWithSmaller(a: Box, b: Box): number {
  const width = Math.min(a.left + a.width, b.left + b.width) - Math.max(a.left, b.left);
  const height = Math.min(a.top + a.height, b.top + b.height) - Math.max(a.top, b.top);
  if (width <= 0 || height <= 0) return 0;
  return (width * height) / Math.min(a.width * a.height, b.width * b.height);
}

function broken(what: string): LimenError {
  return new LimenError("LIMEN_MODEL_RUN", `the detector's answer makes no sense: ${what}`, {
    hint: "the manifest's decoder does not fit the model; use the manifest that came with it",
  });
}
