/**
 * Every error Limen raises on purpose, and what the process exits with when it reaches main. Codes are a public interface:
 * scripts and tests match on them.
 */
const EXIT_CODES = {
  LIMEN_USAGE: 2,
  LIMEN_CONFIG_MISSING: 3,
  LIMEN_CONFIG_UNREADABLE: 3,
  LIMEN_CONFIG_READ_ONLY: 3,
  LIMEN_CONFIG_SYNTAX: 3,
  LIMEN_CONFIG_INVALID: 3,
  LIMEN_CONFIG_SECRET: 3,
  LIMEN_MODEL_MANIFEST: 4,
  LIMEN_MODEL_MISSING: 4,
  LIMEN_MODEL_HASH: 4,
  LIMEN_MODEL_RUN: 4,
  LIMEN_FFMPEG_MISSING: 4,
  LIMEN_FFMPEG_VERSION: 4,
  LIMEN_FFMPEG_FAILED: 4,
  LIMEN_CAMERA_AUTH: 5,
  LIMEN_CAMERA_NOT_FOUND: 5,
  LIMEN_CAMERA_UNREACHABLE: 5,
  LIMEN_CAMERA_SILENT: 5,
  LIMEN_CAMERA_STALLED: 5,
  LIMEN_CAMERA_ENDED: 5,
  LIMEN_CAMERA_FAILED: 5,
  LIMEN_CAMERA_LOCKED: 5,
  LIMEN_CAMERA_CLOCK: 5,
  LIMEN_CAMERA_NO_MEDIA: 5,
  LIMEN_CAMERA_NOT_ONVIF: 5,
  LIMEN_BROKER_OFFLINE: 5,
  LIMEN_BROKER_REFUSED: 5,
  LIMEN_BROKER_MISSING: 4,
  LIMEN_STORE_LOCKED: 6,
  LIMEN_STORE_FULL: 6,
  LIMEN_STORE_CORRUPT: 6,
  LIMEN_STORE_VERSION: 6,
  LIMEN_STORE_FAILED: 6,
  LIMEN_PHOTO_UNREADABLE: 7,
  LIMEN_PHOTO_TOO_LARGE: 7,
  LIMEN_PHOTO_NO_FACE: 7,
  LIMEN_PHOTO_SEVERAL_FACES: 7,
  LIMEN_PHOTO_POOR: 7,
  LIMEN_PERSON_INVALID: 7,
  LIMEN_PERSON_DUPLICATE: 7,
  LIMEN_PERSON_UNKNOWN: 7,
  LIMEN_DECISION_UNKNOWN: 7,
  LIMEN_ARM_REFUSED: 7,
  LIMEN_ACCESS_REFUSED: 1,
  LIMEN_SEARCH_DEADLINE: 5,
  LIMEN_SEARCH_INVALID: 5,
  LIMEN_SEARCH_FAILED: 5,
  LIMEN_ENGINE_INVALID: 5,
  LIMEN_ENGINE_AUTH: 5,
  LIMEN_ENGINE_FORBIDDEN: 5,
  LIMEN_ENGINE_NOT_FOUND: 5,
  LIMEN_ENGINE_CONFLICT: 5,
  LIMEN_ENGINE_PRECONDITION: 5,
  LIMEN_ENGINE_RATE_LIMITED: 5,
  LIMEN_ENGINE_FAILED: 5,
  LIMEN_ENGINE_PROTOCOL: 5,
  LIMEN_ENGINE_TIMEOUT: 5,
  LIMEN_ENGINE_UNREACHABLE: 5,
  LIMEN_ENGINE_CAP: 5,
  LIMEN_API_LISTEN: 4,
  LIMEN_API_TOKENS: 3,
  LIMEN_CONSOLE_LISTEN: 4,
  LIMEN_CONSOLE_PASSWORD: 3,
  LIMEN_DEMO_FAILED: 8,
  LIMEN_DEMO_ASSET: 8,
  LIMEN_STOP_DEADLINE: 9,
  LIMEN_INTERNAL: 1,
} as const;

export type ErrorCode = keyof typeof EXIT_CODES;

/** All codes, for documentation and tests. */
export const ERROR_CODES = Object.keys(EXIT_CODES) as readonly ErrorCode[];

/**
 * The one error class. `message` says what happened, `hint` what to do about it; neither ever carries a secret, a URL with
 * credentials or biometric data. `cause` keeps the original for logs of unexpected faults.
 */
export class LimenError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;

  constructor(code: ErrorCode, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.name = "LimenError";
    this.code = code;
    this.hint = options.hint;
  }
}

/** Process exit code for an error that reached main: the table's, or 1 for anything unexpected. */
export function exitCodeOf(error: unknown): number {
  return error instanceof LimenError ? EXIT_CODES[error.code] : 1;
}

/** Code of a LimenError, LIMEN_INTERNAL for everything else. */
export function codeOf(error: unknown): ErrorCode {
  return error instanceof LimenError ? error.code : "LIMEN_INTERNAL";
}

/** The message of anything thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
