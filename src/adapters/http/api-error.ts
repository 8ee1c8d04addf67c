import { type ErrorCode, LimenError } from "#errors";

/** The statuses a request may fail with, and what `error` says for each: part of the contract. */
export const FAILURES = {
  400: "Invalid request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not found",
  409: "Conflict",
  412: "Precondition failed",
  413: "Payload too large",
  415: "Unsupported media type",
  429: "Too many requests",
  500: "Internal error",
  503: "Service unavailable",
} as const;
export type FailureStatus = keyof typeof FAILURES;

/** A request that is answered with an error: `code` for programs, `message` for people, both without secrets and pictures. */
export class ApiError extends Error {
  readonly status: FailureStatus;
  readonly code: string;
  readonly data: unknown;
  readonly retryAfterSeconds: number | undefined;

  constructor(
    status: FailureStatus,
    code: string,
    message: string,
    more: { data?: unknown; retryAfterSeconds?: number; cause?: unknown } = {},
  ) {
    super(message, more.cause === undefined ? {} : { cause: more.cause });
    this.name = "ApiError";
    this.status = status;
    this.code = code;
    this.data = more.data;
    this.retryAfterSeconds = more.retryAfterSeconds;
  }
}

export interface ErrorBody {
  readonly error: string;
  readonly message: string;
  readonly code: string;
  readonly data?: unknown;
}

export function bodyOf({ status, message, code, data }: ApiError): ErrorBody {
  return { error: FAILURES[status], message, code, ...(data === undefined ? {} : { data }) };
}

/** 400 with the contract's "Invalid request". */
export function invalid(message: string, code = "INVALID_PARAMETERS"): ApiError {
  return new ApiError(400, code, message);
}

export function noSuchPerson(): ApiError {
  return new ApiError(404, "PERSON_NOT_FOUND", "PERSON_NOT_FOUND");
}

export function noSuchCollection(): ApiError {
  return new ApiError(404, "invalid_collection", "invalid_collection");
}

const BUSY_CODES = new Set<ErrorCode>(["LIMEN_STORE_LOCKED", "LIMEN_STORE_FULL", "LIMEN_SEARCH_DEADLINE"]);

/** Anything thrown while a request was answered, as what its sender is told. What is not theirs to know becomes a bare 500. */
export function apiErrorOf(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  if (!(error instanceof LimenError)) return new ApiError(500, "ERROR", "internal_error", { cause: error });
  const { code, message, hint } = error;
  const told = hint === undefined ? message : `${message}; ${hint}`;
  if (code === "LIMEN_PHOTO_TOO_LARGE") return new ApiError(413, "image_too_large", told);
  if (code === "LIMEN_PHOTO_UNREADABLE") return invalid(told, "image_unreadable");
  if (code === "LIMEN_PERSON_UNKNOWN") return noSuchPerson();
  if (code === "LIMEN_PERSON_INVALID" || code === "LIMEN_SEARCH_INVALID") return invalid(told);
  if (BUSY_CODES.has(code)) {
    return new ApiError(503, "unavailable", "the gallery cannot answer now", { cause: error, retryAfterSeconds: 2 });
  }
  return new ApiError(500, "ERROR", "internal_error", { cause: error });
}
