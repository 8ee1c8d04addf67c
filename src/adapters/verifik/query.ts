import { LimenError } from "#errors";

/** One search, in the contract's terms. */
export interface SearchQuery {
  /** One to three JPEG pictures of the SAME person. */
  readonly images: readonly Uint8Array[];
  /** 0.2..1 (the contract's range). */
  readonly minScore: number;
  readonly mode: "FAST" | "ACCURATE";
  /** Opaque id or code; null = everybody the token may search. */
  readonly collection: string | null;
  /** 1..100. */
  readonly maxResults: number;
}

/** One look at a face that is to be a live one, in the contract's terms. */
export interface LiveFaceQuery {
  /** One JPEG picture. */
  readonly image: Uint8Array;
  /** 0.5..1, both. */
  readonly minScore: number;
  readonly livenessMinScore: number;
  readonly mode: "FAST" | "ACCURATE";
  readonly collection: string;
}

export const LIVE_SCORE_FLOOR = 0.5;
export const MIN_SCORE_FLOOR = 0.2;
const MAX_IMAGES = 3;
/** The contract names no limit; other engines stop at about 5 MB, and a face crop is a hundredth of it. */
const MAX_IMAGE_BYTES = 4_000_000;
const MAX_RESULTS = 100;

function isJpeg(image: Uint8Array): boolean {
  return image.length > 3 && image[0] === 0xff && image[1] === 0xd8 && image[2] === 0xff;
}

/** What both kinds of question have in common. */
function sharedFault(images: readonly Uint8Array[], mode: string, collection: string | null): string | null {
  if (!images.every(isJpeg)) return "takes JPEG pictures only";
  if (images.some((image) => image.length > MAX_IMAGE_BYTES))
    return `takes pictures of ${MAX_IMAGE_BYTES} bytes at most`;
  if (mode !== "FAST" && mode !== "ACCURATE") return "is FAST or ACCURATE";
  if (collection !== null && (collection.trim() === "" || collection.length > 100)) {
    return "takes a collection of 1 to 100 characters, or none";
  }
  return null;
}

function faultOf(query: SearchQuery): string | null {
  const { images, minScore, maxResults, collection, mode } = query;
  if (images.length < 1 || images.length > MAX_IMAGES) return `takes 1 to ${MAX_IMAGES} pictures, not ${images.length}`;
  if (!(minScore >= MIN_SCORE_FLOOR && minScore <= 1)) return `takes a score from ${MIN_SCORE_FLOOR} to 1`;
  if (!(Number.isInteger(maxResults) && maxResults >= 1 && maxResults <= MAX_RESULTS)) {
    return `gives 1 to ${MAX_RESULTS} results`;
  }
  return sharedFault(images, mode, collection);
}

function liveFaultOf({ image, minScore, livenessMinScore, mode, collection }: LiveFaceQuery): string | null {
  const isInRange = (score: number): boolean => score >= LIVE_SCORE_FLOOR && score <= 1;
  if (!isInRange(minScore) || !isInRange(livenessMinScore)) return `takes scores from ${LIVE_SCORE_FLOOR} to 1`;
  return sharedFault([image], mode, collection);
}

function base64(image: Uint8Array): string {
  return Buffer.from(image).toString("base64");
}

/**
 * The request's body in the one form every version of the contract's documents agrees on: `images` as raw base64 without a
 * `data:` prefix, `min_score` a number, `search_mode` in capitals, nothing left to the server's defaults.
 * Throws LIMEN_SEARCH_INVALID.
 */
export function searchBody(query: SearchQuery): string {
  const fault = faultOf(query);
  if (fault !== null) throw new LimenError("LIMEN_SEARCH_INVALID", `a search on the network ${fault}`);
  return JSON.stringify({
    images: query.images.map(base64),
    min_score: query.minScore,
    search_mode: query.mode,
    ...(query.collection === null ? {} : { collection_id: query.collection }),
    max_results: query.maxResults,
  });
}

/**
 * The body of a look at a live face: one picture, raw base64. `os` has no word for a door's camera; DESKTOP is the one of the three that
 * promises nothing about the lens. Throws LIMEN_SEARCH_INVALID.
 */
export function liveFaceBody(query: LiveFaceQuery): string {
  const fault = liveFaultOf(query);
  if (fault !== null) throw new LimenError("LIMEN_SEARCH_INVALID", `a look at a live face ${fault}`);
  return JSON.stringify({
    image: base64(query.image),
    os: "DESKTOP",
    liveness_min_score: query.livenessMinScore,
    min_score: query.minScore,
    search_mode: query.mode,
    collection_id: query.collection,
  });
}
