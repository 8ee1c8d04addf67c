/**
 * Every error Limen raises on purpose, in one table: what the process exits with when the error reaches main, and whether
 * trying the same thing again later can help. Codes are a public interface (scripts and tests match on them).
 */
const TABLE = {
  LIMEN_USAGE: { exit: 2, retryable: false },
  LIMEN_CONFIG_MISSING: { exit: 3, retryable: false },
  LIMEN_CONFIG_UNREADABLE: { exit: 3, retryable: false },
  LIMEN_CONFIG_SYNTAX: { exit: 3, retryable: false },
  LIMEN_CONFIG_INVALID: { exit: 3, retryable: false },
  LIMEN_CONFIG_SECRET: { exit: 3, retryable: false },
  LIMEN_MODEL_MANIFEST: { exit: 4, retryable: false },
  LIMEN_MODEL_MISSING: { exit: 4, retryable: false },
  LIMEN_MODEL_HASH: { exit: 4, retryable: false },
  LIMEN_MODEL_RUN: { exit: 4, retryable: false },
  LIMEN_FFMPEG_MISSING: { exit: 4, retryable: false },
  LIMEN_FFMPEG_VERSION: { exit: 4, retryable: false },
  LIMEN_FFMPEG_FAILED: { exit: 4, retryable: false },
  LIMEN_CAMERA_AUTH: { exit: 5, retryable: true },
  LIMEN_CAMERA_NOT_FOUND: { exit: 5, retryable: true },
  LIMEN_CAMERA_UNREACHABLE: { exit: 5, retryable: true },
  LIMEN_CAMERA_SILENT: { exit: 5, retryable: true },
  LIMEN_CAMERA_STALLED: { exit: 5, retryable: true },
  LIMEN_CAMERA_ENDED: { exit: 5, retryable: true },
  LIMEN_CAMERA_FAILED: { exit: 5, retryable: true },
  LIMEN_BROKER_OFFLINE: { exit: 5, retryable: true },
  LIMEN_BROKER_REFUSED: { exit: 5, retryable: true },
  LIMEN_BROKER_MISSING: { exit: 4, retryable: false },
  LIMEN_DOOR_PROTOCOL: { exit: 5, retryable: false },
  LIMEN_STORE_LOCKED: { exit: 6, retryable: true },
  LIMEN_STORE_FULL: { exit: 6, retryable: true },
  LIMEN_STORE_CORRUPT: { exit: 6, retryable: false },
  LIMEN_STORE_VERSION: { exit: 6, retryable: false },
  LIMEN_STORE_FAILED: { exit: 6, retryable: true },
  LIMEN_PHOTO_UNREADABLE: { exit: 7, retryable: false },
  LIMEN_PHOTO_TOO_LARGE: { exit: 7, retryable: false },
  LIMEN_PHOTO_NO_FACE: { exit: 7, retryable: false },
  LIMEN_PHOTO_SEVERAL_FACES: { exit: 7, retryable: false },
  LIMEN_PHOTO_POOR: { exit: 7, retryable: false },
  LIMEN_PERSON_INVALID: { exit: 7, retryable: false },
  LIMEN_PERSON_UNKNOWN: { exit: 7, retryable: false },
  LIMEN_SEARCH_DEADLINE: { exit: 5, retryable: true },
  LIMEN_SEARCH_INVALID: { exit: 5, retryable: false },
  LIMEN_DEMO_FAILED: { exit: 8, retryable: false },
  LIMEN_DEMO_ASSET: { exit: 8, retryable: false },
  LIMEN_STOP_DEADLINE: { exit: 9, retryable: false },
  LIMEN_INTERNAL: { exit: 1, retryable: false },
} as const;

export type ErrorCode = keyof typeof TABLE;

/** All codes, for documentation and tests. */
export const ERROR_CODES = Object.keys(TABLE) as readonly ErrorCode[];

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

/** True when the same call may succeed later without anybody changing anything. Unknown errors are not retryable. */
export function isRetryable(error: unknown): boolean {
  return error instanceof LimenError && TABLE[error.code].retryable;
}

/** Process exit code for an error that reached main: the table's, or 1 for anything unexpected. */
export function exitCodeOf(error: unknown): number {
  return error instanceof LimenError ? TABLE[error.code].exit : 1;
}

/** Code of a LimenError, LIMEN_INTERNAL for everything else. */
export function codeOf(error: unknown): ErrorCode {
  return error instanceof LimenError ? error.code : "LIMEN_INTERNAL";
}

/** The message of anything thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
