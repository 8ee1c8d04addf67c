/**
 * What the kernel and the code around it agree on: where things lie in the shared memory. Addresses are bytes from its start.
 */

/** Faces in a block; the memory grows block by block, and a block never moves. */
export const BLOCK_FACES = 512;

/** Largest template: beyond it an i32 lane of the int8 scan (dimension/4 products of 127 × 32767) could overflow. */
export const MAX_DIMENSION = 2048;

/** Most people a search names. */
export const MAX_RESULTS = 100;

/**
 * The int8 vectors of four faces lie woven together, 16 bytes of each in turn: the scan then reads one stream without gaps, and
 * multiplies each piece of the probe with all four.
 */
export const WOVEN = 4;
export const PIECE_BYTES = 16;

/** Dimensions are filled up with zeros to a multiple of this: what one round of the kernel's loops takes. */
export const DIMENSION_STEP = 16;

export const NOBODY = 0xffff_ffff;

/** A block: for each of its faces the person, the next face of that person, and the vector twice, in int8 and f32. */
export const BLOCK = {
  /** u32 a face: number of the person. */
  persons: 0,
  /** u32 a face: row of the same person's next face, or NOBODY. Not read by the kernel. */
  next: BLOCK_FACES * 4,
  /** f32 a face: what one step of the int8 vector is worth. */
  scales: BLOCK_FACES * 8,
  /** f32 a face: at least the length of what rounding to int8 took away. */
  residuals: BLOCK_FACES * 12,
  int8: BLOCK_FACES * 16,
} as const;

export const float32At = (dimension: number): number => BLOCK.int8 + BLOCK_FACES * dimension;
export const blockBytes = (dimension: number): number => BLOCK.int8 + BLOCK_FACES * dimension * 5;

/** A person: 24 bytes of id as three big-endian numbers in order, then the row of the first face. */
export const PERSON_BYTES = 32;
export const PERSON_KEY_BYTES = 24;
export const PERSON_FIRST_ROW = 24;

/** A lane: the orders, the probe and the answer of one scan. A thread has one of its own. */
export const LANE = {
  /** Answer: people found. */
  count: 0,
  /** Set to 1 to have a running scan give up at its next block. */
  cancelled: 4,
  blockTable: 8,
  firstBlock: 12,
  endBlock: 16,
  /** Faces in block endBlock − 1. */
  lastBlockFaces: 20,
  /** Bitmap of the persons searched, or 0 for everybody. */
  members: 24,
  memberBits: 28,
  persons: 32,
  capacity: 36,
  /** f32: nobody below it is wanted. Rises as better people are found. */
  threshold: 40,
  /** f32: cosines from here up count as equal, because their scores are. */
  ceiling: 44,
  dimension: 48,
  /** 0 = exact, 1 = int8 first. */
  fast: 52,
  /** f32: what one step of the 16-bit probe is worth. */
  probeScale: 56,
  /** f32: how far int8 and exact cosine may differ: residual × errorPerResidual + error. */
  errorPerResidual: 60,
  error: 64,
  /** Answer: faces whose exact cosine was computed. */
  exactFaces: 68,
  /** f32 a place, best first: cosine, clamped to 0..ceiling. */
  ranks: 128,
  /** u32 a place: number of the person. */
  ranked: 128 + 4 * (MAX_RESULTS + 4),
  probe32: 1024,
  probe16: 1024 + 4 * MAX_DIMENSION,
  bytes: 1024 + 6 * MAX_DIMENSION,
} as const;
